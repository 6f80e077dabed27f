import { describe, expect, it } from "vitest";
import { ARROWS, type Arrow } from "./directions";
import { arrowAt, arrowsAt, padLayout } from "./pad_layout";

/** As Bomberman has them: arrows or letters, alone or together with a bomb. */
const BOMBER = [
  { keys: [" "], action: 5 },
  ...ARROWS.flatMap((arrow, at) => [
    { keys: [arrow], action: at + 1 },
    { keys: [arrow, " "], action: at + 6 },
  ]),
  ...["w", "d", "s", "a"].map((key, at) => ({ keys: [key], action: at + 1 })),
];

const single = (keys: string) => [...keys].map((key, at) => ({ keys: [key], action: at }));

describe("the pad of a game", () => {
  it("has its arrows, and one button for what they do not do", () => {
    const layout = padLayout(BOMBER, 0, []);
    expect([...(layout?.directions.keys() ?? [])]).toEqual([...ARROWS]);
    expect(layout?.buttons).toEqual([{ key: " ", label: "●" }]);
  });

  it("has only those directions that mean something", () => {
    const upAndDown = [
      { keys: ["ArrowUp"], action: 1 },
      { keys: ["ArrowDown"], action: 2 },
      { keys: ["w"], action: 1 },
    ];
    const layout = padLayout(upAndDown, 0, []);
    expect([...(layout?.directions.keys() ?? [])]).toEqual(["ArrowUp", "ArrowDown"]);
    expect(layout?.buttons).toEqual([]);
  });

  it("steers by letters where a game has no arrows", () => {
    const layout = padLayout([...single("-wdsa"), { keys: [" "], action: 9 }], 0, []);
    expect(layout?.directions.get("ArrowLeft")).toBe("a");
    expect(layout?.buttons.map(({ key }) => key)).toEqual([" "]);
  });

  it("is buttons alone in a game without directions, and none without keys", () => {
    expect(padLayout(single("0123"), 0, [])?.buttons.map(({ label }) => label)).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect(padLayout([], 0, [])).toBeNull();
  });

  it("says what an action is called, where it has a name", () => {
    const names = ["noop", "PICK_UP"];
    expect(padLayout(single("012"), 0, names)?.buttons.map(({ label }) => label)).toEqual([
      "Pick up",
      "2",
    ]);
  });

  it("leaves out what does nothing, what a touch of the court does, and what no thumb would find", () => {
    const layout = padLayout(
      [{ keys: ["MouseLeft"], action: 8 }, { keys: ["ArrowUp"], action: 9 }, ...single("abcdef")],
      0,
      [],
    );
    expect(layout?.buttons.map(({ key }) => key)).toEqual(["b", "c", "d", "e"]);
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

it("a thumb between two directions holds both where a game knows diagonals, and else one", () => {
  const directions = new Map(ARROWS.map((arrow) => [arrow, arrow]));
  const at = (x: number, y: number, hasDiagonals: boolean) =>
    arrowsAt(x, y, { directions, hasDiagonals }, []);
  expect(at(0.5, -0.4, true)).toEqual(["ArrowUp", "ArrowRight"]);
  expect(at(0.5, -0.4, false)).toEqual(["ArrowRight"]);
  expect(at(0.9, 0.3, true)).toEqual(["ArrowRight"]);
  expect([at(0.1, 0.1, true), at(0, 0.1, false)]).toEqual([[], []]);
});
