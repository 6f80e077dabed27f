import { expect, it } from "vitest";
import type { DisplayList, Shape } from "./display_list";
import { mirror } from "./mirror";

const base: Shape = {
  kind: "circle",
  key: "",
  rgb: 0,
  alpha: 1,
  numbers: [],
  text: "",
  align: "left",
};

const list: DisplayList = {
  width: 800,
  height: 600,
  background: 0,
  shapes: [
    { ...base, kind: "rectangle", numbers: [30, 255, 14, 90, 7] },
    { ...base, kind: "circle", numbers: [100, 200, 9] },
    { ...base, kind: "line", numbers: [0, 1, 10, 2, 4] },
    { ...base, kind: "polygon", numbers: [0, 0, 10, 0, 5, 8] },
    { ...base, kind: "text", numbers: [340, 78, 84], text: "12", align: "right" },
    { ...base, kind: "sprite", numbers: [100, 20, 30, 40, 0.5] },
  ],
};

it("swaps left and right of every shape and keeps heights and sizes", () => {
  expect(mirror(list).shapes.map((shape) => shape.numbers)).toEqual([
    [756, 255, 14, 90, 7],
    [700, 200, 9],
    [800, 1, 790, 2, 4],
    [800, 0, 790, 0, 795, 8],
    [460, 78, 84],
    [700, 20, -30, 40, -0.5],
  ]);
});

it("keeps text readable and swaps the side it is aligned to", () => {
  const text = mirror(list).shapes[4];
  expect([text?.text, text?.align]).toEqual(["12", "left"]);
});

it("done twice shows the picture as it was", () => {
  expect(mirror(mirror(list))).toEqual(list);
});
