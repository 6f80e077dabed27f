import { describe, expect, it } from "vitest";
import { contrast, readableColour } from "./readable_colour";

/** As in `games/bomberman/sprites.py`. */
const BOMBERS = [
  ...["#f4f1ea", "#ff7a5c", "#5cc8e8", "#ffd24d"],
  ...["#b98aef", "#7fd671", "#ff9fc4", "#8a93a8"],
];

describe("a player's colour", () => {
  it("is written as the game draws it where that can be read", () => {
    expect(BOMBERS.map(readableColour)).toEqual(BOMBERS);
  });

  it("is made lighter where it cannot, and stays what it was", () => {
    for (const dark of ["#000000", "#102060", "#800000", "#22242e"]) {
      expect(contrast(dark, "#1b2335")).toBeLessThan(4.5);
      expect(contrast(readableColour(dark), "#1b2335")).toBeGreaterThanOrEqual(4.5);
    }
    const [red, green, blue] = [1, 3, 5].map((at) => readableColour("#800000").slice(at, at + 2));
    expect(green).toBe(blue);
    expect(red).not.toBe(green);
  });

  it("is measured as the standard says", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });
});
