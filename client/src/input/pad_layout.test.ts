import { describe, expect, it } from "vitest";
import { ARROWS, type Arrow, arrowAt, keyLabel, padLayout } from "./pad_layout";

/** As Bomberman has them: arrows or letters, alone or together with a bomb. */
const BOMBER = [
  { keys: [" "], action: 5 },
  ...ARROWS.flatMap((arrow, at) => [
    { keys: [arrow], action: at + 1 },
    { keys: [arrow, " "], action: at + 6 },
  ]),
  ...["w", "d", "s", "a"].map((key, at) => ({ keys: [key], action: at + 1 })),
];

describe("the pad of a game", () => {
  it("has its arrows, and one button for what they do not do", () => {
    expect(padLayout(BOMBER, 0)).toEqual({ arrows: [...ARROWS], buttons: [" "] });
  });

  it("has only those arrows that mean something", () => {
    const upAndDown = [
      { keys: ["ArrowUp"], action: 1 },
      { keys: ["ArrowDown"], action: 2 },
      { keys: ["w"], action: 1 },
    ];
    expect(padLayout(upAndDown, 0)).toEqual({ arrows: ["ArrowUp", "ArrowDown"], buttons: [] });
  });

  it("is none for a game without arrows", () => {
    expect(padLayout([{ keys: ["x"], action: 1 }], 0)).toBeNull();
    expect(padLayout([], 0)).toBeNull();
  });

  it("leaves out what does nothing, and what no thumb would find", () => {
    const letters = ["a", "b", "c", "d", "e"].map((key, at) => ({ keys: [key], action: at }));
    const layout = padLayout([{ keys: ["ArrowUp"], action: 9 }, ...letters], 0);
    expect(layout?.buttons).toEqual(["b", "c", "d"]);
  });
});

describe("a thumb on the cross", () => {
  it.each([
    [0, 0, null],
    [0.1, -0.1, null],
    [0, -1, "ArrowUp"],
    [0.9, 0.2, "ArrowRight"],
    [-0.1, 0.5, "ArrowDown"],
    [-3, 1, "ArrowLeft"],
  ])("at %f, %f means %s", (x, y, arrow) => {
    expect(arrowAt(x, y, ARROWS, null)).toBe(arrow);
  });

  it("keeps its direction along a diagonal until another is clearly meant", () => {
    expect(arrowAt(0.5, -0.45, ARROWS, "ArrowUp")).toBe("ArrowUp");
    expect(arrowAt(0.7, -0.45, ARROWS, "ArrowUp")).toBe("ArrowRight");
    expect(arrowAt(0.5, 0.45, ARROWS, "ArrowUp")).toBe("ArrowRight");
  });

  it("means nothing where the game knows no such direction", () => {
    const upAndDown: Arrow[] = ["ArrowUp", "ArrowDown"];
    expect(arrowAt(1, 0, upAndDown, null)).toBeNull();
    expect(arrowAt(1, 0.3, upAndDown, null)).toBe("ArrowDown");
  });
});

it("a button names its key, and the space bar is a dot", () => {
  expect(["f", " ", "Enter"].map(keyLabel)).toEqual(["F", "●", "Enter"]);
});
