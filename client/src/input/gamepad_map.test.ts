import { describe, expect, it } from "vitest";
import type { Arrow } from "./directions";
import { buttonName, GamepadKeys, gamepadLayout, type PadState, stickArrows } from "./gamepad_map";

const FOUR = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"].map((key, at) => ({
  keys: [key],
  action: at + 1,
}));
const BOMBER = [
  ...FOUR,
  { keys: [" "], action: 5 },
  ...FOUR.map(({ keys, action }) => ({ keys: [...keys, " "], action: action + 5 })),
];
const PONG = [
  { keys: ["ArrowUp"], action: 0 },
  { keys: ["ArrowDown"], action: 2 },
];
const DIAGONAL = [...FOUR, { keys: ["ArrowUp", "ArrowRight"], action: 9 }];

function pad(change: Partial<PadState> & { down?: readonly number[] } = {}): PadState {
  const buttons = Array.from({ length: 17 }, (_, at) => ({
    pressed: change.down?.includes(at) === true,
  }));
  return { index: 0, mapping: "standard", axes: [0, 0, 0, 0], buttons, ...change };
}

/** What is held after each change, and every call. */
class Held {
  readonly keys: string[] = [];
  readonly calls: string[] = [];
  hold(key: string): void {
    this.keys.push(key);
    this.calls.push(`+${key}`);
  }
  letGo(key: string): void {
    this.keys.splice(this.keys.indexOf(key), 1);
    this.calls.push(`-${key}`);
  }
}

describe("a gamepad", () => {
  it("walks by cross or stick and bombs by its first button", () => {
    const held = new Held();
    const keys = new GamepadKeys(gamepadLayout(BOMBER, 0), held);
    keys.update([pad({ down: [15] })]);
    expect(held.keys).toEqual(["ArrowRight"]);
    keys.update([pad({ axes: [0, 1], down: [0] })]);
    expect(held.keys).toEqual(["ArrowDown", " "]);
    keys.update([pad()]);
    expect(held.keys).toEqual([]);
  });

  it("holds the new direction before it lets go of the old one", () => {
    const held = new Held();
    const keys = new GamepadKeys(gamepadLayout(BOMBER, 0), held);
    keys.update([pad({ axes: [1, 0] })]);
    keys.update([pad({ axes: [0, -1] })]);
    expect(held.calls).toEqual(["+ArrowRight", "+ArrowUp", "-ArrowRight"]);
  });

  it("lets go of everything when it goes", () => {
    const held = new Held();
    const keys = new GamepadKeys(gamepadLayout(BOMBER, 0), held);
    keys.update([pad({ axes: [1, 0], down: [0] })]);
    expect(held.keys).toEqual(["ArrowRight", " "]);
    keys.update([]);
    expect(held.keys).toEqual([]);
    keys.update([pad({ axes: [1, 0] })]);
    expect(held.keys).toEqual(["ArrowRight"]);
  });

  it("shares the seat with another one", () => {
    const held = new Held();
    const keys = new GamepadKeys(gamepadLayout(BOMBER, 0), held);
    const second = pad({ index: 1, down: [0] });
    keys.update([pad({ down: [0] }), second]);
    keys.update([second]);
    expect(held.calls).toEqual(["+ "]);
  });

  it("of another layout than the standard's plays nothing", () => {
    const held = new Held();
    new GamepadKeys(gamepadLayout(BOMBER, 0), held).update([
      pad({ mapping: "", axes: [1, 0], down: [0] }),
    ]);
    expect(held.calls).toEqual([]);
  });

  it("presses the keys of a game without directions", () => {
    const keys = ["1", "2", "3", "4", "5"].map((key, at) => ({ keys: [key], action: at + 1 }));
    const layout = gamepadLayout(keys, 0);
    expect([...layout.buttons]).toEqual([
      [0, "1"],
      [1, "2"],
      [2, "3"],
      [3, "4"],
      [5, "5"],
    ]);
    expect([buttonName(layout, "5"), buttonName(layout, "x")]).toEqual(["RB", ""]);
  });
});

describe("a stick", () => {
  const layout = gamepadLayout(BOMBER, 0);

  it.each([
    [0.2, -0.15, [], []],
    [0.45, 0, [], []],
    [0.45, 0, ["ArrowRight"], ["ArrowRight"]],
    [0.3, 0, ["ArrowRight"], []],
    [-0.9, 0.4, [], ["ArrowLeft"]],
    [0.7, 0.71, ["ArrowRight"], ["ArrowRight"]],
    [0.5, 0.8, ["ArrowRight"], ["ArrowDown"]],
  ] as [number, number, Arrow[], Arrow[]][])(
    "at %f, %f after %j holds %j",
    (x, y, before, held) => {
      expect(stickArrows(x, y, layout, before)).toEqual(held);
    },
  );

  it("pushed across holds nothing in a game of up and down", () => {
    const pong = gamepadLayout(PONG, 1);
    expect(stickArrows(1, 0.1, pong, [])).toEqual([]);
    expect(stickArrows(0.6, -0.7, pong, [])).toEqual(["ArrowUp"]);
  });

  it("holds two directions where that means something", () => {
    const layout = gamepadLayout(DIAGONAL, 0);
    expect(stickArrows(0.7, -0.7, layout, [])).toEqual(["ArrowUp", "ArrowRight"]);
    expect(stickArrows(0.95, -0.3, layout, [])).toEqual(["ArrowRight"]);
  });
});
