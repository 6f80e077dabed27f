import { describe, expect, it } from "vitest";
import type { DisplayList, Shape } from "./display_list";
import { flatten } from "./flatten";

const NONE = new Map<number, readonly Shape[]>();

function shape(kind: Shape["kind"], numbers: number[], more: Partial<Shape> = {}): Shape {
  return { kind, numbers, key: "", rgb: 0, alpha: 1, text: "", align: "left", ...more };
}

function list(...shapes: Shape[]): DisplayList {
  return { width: 800, height: 600, background: 0, shapes };
}

function numbersOf(drawn: DisplayList): number[][] {
  return drawn.shapes.map(({ numbers }) => numbers.map((value) => Math.round(value * 1000) / 1000));
}

describe("a list without layers and cameras", () => {
  it("stays what it is", () => {
    const plain = list(shape("circle", [1, 2, 3]), shape("sprite", [1, 2, 3, 4, 0]));
    expect(flatten(plain, NONE)).toBe(plain);
  });
});

describe("a camera", () => {
  it("shows what it looks at in the middle, magnified, until it is taken away", () => {
    const drawn = flatten(
      list(
        shape("circle", [1, 2, 3]),
        shape("camera", [100, 50, 2, 0]),
        shape("circle", [100, 50, 3]),
        shape("rectangle", [110, 50, 5, 6, 1]),
        shape("line", [100, 50, 101, 51, 4]),
        shape("text", [90, 40, 12], { text: "a" }),
        shape("sprite", [100, 60, -8, 9, 0]),
        shape("camera", [0, 0, 0, 0]),
        shape("circle", [1, 2, 3]),
      ),
      NONE,
    );
    expect(numbersOf(drawn)).toEqual([
      [1, 2, 3],
      [400, 300, 6],
      [420, 300, 10, 12, 2],
      [400, 300, 402, 302, 8],
      [380, 280, 24],
      [400, 320, -16, 18, 0],
      [1, 2, 3],
    ]);
  });

  it("that is turned turns everything, rectangles too", () => {
    const quarter = Math.PI / 2;
    const drawn = flatten(
      list(
        shape("camera", [0, 0, 1, quarter]),
        shape("circle", [10, 0, 1]),
        shape("rectangle", [0, 0, 10, 20, 0]),
        shape("sprite", [0, 0, 1, 1, 1]),
      ),
      NONE,
    );
    expect(drawn.shapes[1]?.kind).toBe("polygon");
    expect(numbersOf(drawn)).toEqual([
      [400, 310, 1],
      [400, 300, 400, 310, 380, 310, 380, 300],
      [400, 300, 1, 1, Math.round((1 + quarter) * 1000) / 1000],
    ]);
  });
});

describe("a layer", () => {
  const layers = new Map([[7, [shape("circle", [1, 2, 3]), shape("polygon", [0, 0, 9, 0, 0, 9])]]]);

  it("is drawn in its place among the shapes, moved", () => {
    const drawn = flatten(
      list(shape("circle", [5, 5, 5]), shape("layer", [10, 20], { source: 7 })),
      layers,
    );
    expect(numbersOf(drawn)).toEqual([
      [5, 5, 5],
      [11, 22, 3],
      [10, 20, 19, 20, 10, 29],
    ]);
  });

  it("that has not come yet is not there, and sounds are not drawn", () => {
    const drawn = flatten(
      list(shape("layer", [0, 0], { source: 8 }), shape("sound", [], { text: "hit" })),
      layers,
    );
    expect(drawn.shapes).toEqual([]);
  });
});
