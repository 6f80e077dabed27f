import { expect, it } from "vitest";
import { actionWords, keyCap, readableName } from "./action_words";

it.each([
  ["PICK_UP", "Pick up"],
  ["pickUp", "Pick up"],
  ["turn-left", "Turn left"],
  ["ACTION_FORWARD", "Forward"],
  ["Action", "Action"],
  ["NOOP", "Noop"],
  ["", ""],
])("the name %j is read as %j", (name, words) => {
  expect(readableName(name)).toBe(words);
});

it("an action without a name has no words, no action at all included", () => {
  const names = ["STAY", "FIRE"];
  expect([1, 2, -1].map((action) => actionWords(names, action))).toEqual(["Fire", "", ""]);
});

it("a key is called by what is printed on it", () => {
  const keys = ["f", " ", "Enter", "ArrowLeft"];
  expect(keys.map(keyCap)).toEqual(["F", "Space", "Enter", "←"]);
});
