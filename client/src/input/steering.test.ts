import { describe, expect, it } from "vitest";
import { type PointerRule, Steering, shapeKey, toCourt } from "./steering";

const STAY = 0;
const UP = 1;
const DOWN = 2;
const SPEED = 7;
const RULE: PointerRule = {
  shape: "paddle_{player}",
  axis: "y",
  decrease: UP,
  increase: DOWN,
  deadZone: 5,
};

it("a rule names the shape of each seat", () => {
  expect([0, 3].map((seat) => shapeKey(RULE, seat))).toEqual(["paddle_0", "paddle_3"]);
});

/** A paddle that obeys each action after so many frames, and stops at the edges of its way. */
function steerFor(
  frames: number,
  delayFrames: number,
  targetOf: (frame: number) => number,
  believedDelayFrames = delayFrames,
): number[] {
  const steering = new Steering(RULE);
  const underWay = new Array<number>(delayFrames).fill(STAY);
  const places: number[] = [];
  let position = 300;
  let held = STAY;
  for (let frame = 0; frame < frames; frame++) {
    steering.follow(position, held);
    held = steering.action(targetOf(frame), STAY, believedDelayFrames);
    underWay.push(held);
    const action = underWay.shift();
    position += action === UP ? -SPEED : action === DOWN ? SPEED : 0;
    position = Math.min(545, Math.max(55, position));
    places.push(position);
  }
  return places;
}

describe("steering", () => {
  it.each([0, 1, 2, 5, 10])(
    "comes to rest at its target with %s frames of delay",
    (delayFrames) => {
      const rest = steerFor(200, delayFrames, () => 123).slice(-60);
      expect(new Set(rest).size).toBe(1);
      expect(Math.abs((rest[0] ?? 0) - 123)).toBeLessThanOrEqual(RULE.deadZone + SPEED);
    },
  );

  it.each([
    [3, 1],
    [3, 2],
    [3, 4],
    [3, 5],
    [8, 6],
    [1, 3],
  ])("comes to rest although the delay is %s and not %s frames", (delayFrames, believed) => {
    const rest = steerFor(300, delayFrames, () => 123, believed).slice(-60);
    expect(Math.max(...rest) - Math.min(...rest)).toBeLessThanOrEqual(SPEED);
  });

  it.each([0, 3, 10])(
    "follows a target that moves to an edge and back with %s frames of delay",
    (delayFrames) => {
      const target = (frame: number): number => (frame < 120 ? 590 : 200);
      const places = steerFor(300, delayFrames, target);
      expect(places[119]).toBe(545);
      expect(Math.abs((places[299] ?? 0) - 200)).toBeLessThanOrEqual(RULE.deadZone + SPEED);
    },
  );

  it("holds nothing before the shape was seen, or when it is near enough", () => {
    const steering = new Steering(RULE);
    expect(steering.action(10, STAY, 0)).toBe(STAY);
    steering.follow(14, STAY);
    expect([steering.action(10, STAY, 0), steering.action(100, STAY, 0)]).toEqual([STAY, DOWN]);
  });
});

describe("a place in the window", () => {
  const box = { left: 100, top: 50, width: 400, height: 300 };

  it("becomes a coordinate of the court", () => {
    expect(toCourt("y", { x: 0, y: 125 }, box, 600, false)).toBe(150);
    expect(toCourt("x", { x: 200, y: 0 }, box, 800, false)).toBe(200);
  });

  it("is mirrored with the view, but only sideways", () => {
    expect(toCourt("x", { x: 200, y: 0 }, box, 800, true)).toBe(600);
    expect(toCourt("y", { x: 0, y: 125 }, box, 600, true)).toBe(150);
  });

  it("beyond the court counts as its edge", () => {
    expect(toCourt("y", { x: 0, y: 9999 }, box, 600, false)).toBe(600);
    expect(toCourt("y", { x: 0, y: 0 }, box, 600, false)).toBe(0);
  });
});
