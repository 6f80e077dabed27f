import { describe, expect, it } from "vitest";
import { actionOf, isBound, keyName } from "./key_map";

const BINDINGS = [
  { keys: ["ArrowUp"], action: 1 },
  { keys: ["ArrowDown"], action: 2 },
  { keys: ["w"], action: 1 },
  { keys: ["w", "d"], action: 7 },
];

describe("held keys", () => {
  it.each([
    [[], 0],
    [["ArrowUp"], 1],
    [["w"], 1],
    [["x"], 0],
    [["ArrowUp", "ArrowDown"], 2],
    [["ArrowDown", "ArrowUp"], 1],
  ])("%j mean action %s", (held, action) => {
    expect(actionOf(BINDINGS, held, 0)).toBe(action);
  });

  it("mean the binding that needs most of them, in whatever order they were pressed", () => {
    expect(actionOf(BINDINGS, ["d", "w"], 0)).toBe(7);
    expect(actionOf(BINDINGS, ["w", "d", "ArrowDown"], 0)).toBe(7);
  });

  it("mean, beside one key more, still the direction that was pressed last", () => {
    const moves = [
      { keys: ["ArrowUp", " "], action: 6 },
      { keys: ["ArrowLeft", " "], action: 9 },
    ];
    expect(actionOf(moves, ["ArrowUp", "ArrowLeft", " "], 0)).toBe(9);
    expect(actionOf(moves, ["ArrowLeft", "ArrowUp", " "], 0)).toBe(6);
    expect(actionOf(moves, [" ", "ArrowUp", "ArrowLeft"], 0)).toBe(9);
  });
});

it("a letter is the same key with and without Shift", () => {
  expect([keyName("W"), keyName("ArrowUp")]).toEqual(["w", "ArrowUp"]);
  expect([isBound(BINDINGS, "W"), isBound(BINDINGS, "q")]).toEqual([true, false]);
});
