import { expect, it } from "vitest";
import type { DisplayList, Shape } from "./display_list";
import { onPixels, ownPicture } from "./own_picture";

const SPRITE: Shape = {
  kind: "sprite",
  key: "",
  rgb: 0xffffff,
  alpha: 1,
  numbers: [400, 300, 600, 600, 0],
  text: "",
  align: "left",
  source: 0,
};
const list = (shapes: Shape[]): DisplayList => ({ width: 800, height: 600, background: 0, shapes });

it("a picture is a game's own when there is nothing beside it", () => {
  expect(ownPicture([SPRITE])).toBe(SPRITE);
  expect([ownPicture([]), ownPicture([SPRITE, SPRITE])]).toEqual([null, null]);
});

it("its corner lies on a device pixel, and its size stays", () => {
  const scale = 1 / 1.2;
  const [x = 0, y = 0, width, height, angle] =
    onPixels(list([SPRITE]), scale).shapes[0]?.numbers ?? [];
  expect([width, height, angle]).toEqual([600, 600, 0]);
  expect((x - 300) * scale).toBeCloseTo(83, 9);
  expect((y - 300) * scale).toBeCloseTo(0, 9);
});

it("shapes that a game draws stay where they are", () => {
  const drawn = list([SPRITE, { ...SPRITE, kind: "circle", numbers: [1.3, 2.7, 4] }]);
  expect(onPixels(drawn, 0.77)).toBe(drawn);
});
