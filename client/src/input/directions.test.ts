import { describe, expect, it } from "vitest";
import { directionsOf, hasDiagonals } from "./directions";

const bound = (...keys: string[]) => keys.map((key, at) => ({ keys: [key], action: at + 1 }));

describe("the directions of a game", () => {
  it("are its arrows, also where letters do the same", () => {
    const directions = directionsOf(bound("ArrowUp", "ArrowDown", "w", "s", " "));
    expect([...directions]).toEqual([
      ["ArrowUp", "ArrowUp"],
      ["ArrowDown", "ArrowDown"],
    ]);
  });

  it("are letters in a game without arrows, as those of Atari", () => {
    const directions = directionsOf(bound("w", "a", "s", "d", " "));
    expect([...directions.values()].sort()).toEqual(["a", "d", "s", "w"]);
  });

  it("are none where a letter is only a letter", () => {
    expect(directionsOf(bound("a", "w", "q")).size).toBe(0);
    expect(directionsOf(bound("1", "2")).size).toBe(0);
  });
});

it("diagonals are two directions together, and not one with a bomb", () => {
  const arrows = bound("ArrowUp", "ArrowRight", " ");
  const bombing = [...arrows, { keys: ["ArrowUp", " "], action: 9 }];
  const diagonal = [...arrows, { keys: ["ArrowRight", "ArrowUp"], action: 9 }];
  expect(hasDiagonals(bombing, directionsOf(bombing))).toBe(false);
  expect(hasDiagonals(diagonal, directionsOf(diagonal))).toBe(true);
});
