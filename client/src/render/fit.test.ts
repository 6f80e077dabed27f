import { describe, expect, it } from "vitest";
import { fitCourt } from "./fit";

const COURT = { width: 800, height: 600 };

describe("a court in a window", () => {
  it("fills the height of a wide window and is centred", () => {
    const fit = fitCourt(COURT, { width: 1366, height: 600 }, 1);
    expect([fit.width, fit.height, fit.left, fit.top]).toEqual([800, 600, 283, 0]);
  });

  it("fills the width of a narrow window", () => {
    const fit = fitCourt(COURT, { width: 400, height: 800 }, 1);
    expect([fit.width, fit.height, fit.left, fit.top]).toEqual([400, 300, 0, 250]);
  });

  it.each([1, 1.25, 1.5, 2, 2.625, 3])("has whole device pixels at a ratio of %s", (ratio) => {
    const fit = fitCourt(COURT, { width: 391, height: 555 }, ratio);
    expect(Number.isInteger(fit.canvasWidth) && Number.isInteger(fit.canvasHeight)).toBe(true);
    expect(fit.width * ratio).toBeCloseTo(fit.canvasWidth, 6);
    expect(fit.width).toBeLessThanOrEqual(391);
    expect(fit.canvasWidth / fit.canvasHeight).toBeCloseTo(4 / 3, 2);
  });

  it("survives a window without any room", () => {
    expect(fitCourt(COURT, { width: 0, height: 0 }, 1).canvasWidth).toBe(1);
  });
});
