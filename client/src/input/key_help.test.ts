import { describe, expect, it } from "vitest";
import { gamepadWords, helpRows, mouseWords } from "./key_help";

const ARROWS = ["ArrowUp", "ArrowDown"].map((key, at) => ({ keys: [key], action: at + 1 }));
const LETTERS = ["w", "s"].map((key, at) => ({ keys: [key], action: at + 1 }));
const BOMBER = {
  bindings: [
    ...ARROWS,
    ...LETTERS,
    { keys: [" "], action: 5 },
    { keys: [" ", "ArrowUp"], action: 6 },
  ],
  noop: 0,
  names: [],
  box: null,
};

describe("the help", () => {
  it("has a row for all directions together and one for each other action", () => {
    expect(helpRows(BOMBER)).toEqual([
      { words: "Directions", caps: ["↑", "W", "↓", "S"], button: "stick, cross" },
      { words: "Action 5", caps: ["Space"], button: "A" },
    ]);
  });

  it("calls actions by their names", () => {
    const names = ["STAY", "NORTH", "SOUTH", "", "", "DROP_BOMB"];
    expect(helpRows({ ...BOMBER, names }).map(({ words }) => words)).toEqual([
      "North",
      "South",
      "Drop bomb",
    ]);
  });

  it("says nothing of a key that does nothing", () => {
    expect(helpRows({ ...BOMBER, bindings: [{ keys: ["0"], action: 0 }] })).toEqual([]);
  });
});

it("a gamepad is explained in a line, and a game without keys not at all", () => {
  expect(gamepadWords(BOMBER)).toBe("Gamepad: the stick steers · A: Space");
  const names = ["", "", "", "", "", "bomb"];
  expect(gamepadWords({ ...BOMBER, names })).toBe("Gamepad: the stick steers · A: Bomb");
  expect(gamepadWords({ ...BOMBER, bindings: [] })).toBe("");
});

it("of the mouse is said what it steers, and how", () => {
  const box = { numbers: [], hover: false };
  expect([mouseWords(false, null), mouseWords(true, null)].map((each) => each === "")).toEqual([
    true,
    false,
  ]);
  expect(mouseWords(false, box)).toContain("button pressed");
  expect(mouseWords(false, { ...box, hover: true })).toBe(mouseWords(true, null));
});
