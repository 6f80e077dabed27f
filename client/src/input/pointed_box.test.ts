import { describe, expect, it } from "vitest";
import { type PointedBox, pointedAction, stickAction } from "./pointed_box";

/** Two numbers of five and three levels that rest in the middle. */
const BOX: PointedBox = {
  numbers: [
    { toward: "right", levels: 5, rest: 2, stride: 1 },
    { toward: "up", levels: 3, rest: 1, stride: 5 },
  ],
  hover: false,
};
const PEDAL: PointedBox = {
  numbers: [{ toward: "up", levels: 4, rest: 0, stride: 1 }],
  hover: true,
};
const AREA = { left: 100, top: 0, width: 400, height: 200 };

const at = (x: number, y: number) => ({ x, y, box: AREA });

describe("a place", () => {
  it.each([
    [300, 100, 0],
    [500, 100, 2],
    [100, 100, 3],
    [300, 0, 5],
    [300, 200, 10],
    [9999, -50, 7],
  ])("at %f, %f is action %i", (x, y, action) => {
    expect(pointedAction(BOX, at(x, y), false)).toBe(action);
  });

  it("is mirrored with the view, but only sideways", () => {
    expect(pointedAction(BOX, at(500, 0), true)).toBe(3 + 5);
  });
});

describe("a stick", () => {
  it.each([
    [0.1, 0.1, null],
    [1, 0, 2],
    [-1, 0, 3],
    [0, -1, 5],
    [0, 1, 10],
    [0.99, -0.99, 7],
  ])("at %f, %f is action %j", (x, y, action) => {
    expect(stickAction(BOX, x, y, false)).toBe(action);
  });

  it("moves a number from where it rests, which need not be the middle", () => {
    expect([1, 0.3, -0.5, -0.7, -1].map((y) => stickAction(PEDAL, 0, y, false))).toEqual([
      0, 0, 1, 2, 3,
    ]);
  });
});
