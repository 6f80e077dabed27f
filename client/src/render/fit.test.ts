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

describe("a court with a zoom", () => {
  const DESKTOP = { width: 1000, height: 700 };

  it("is as many times larger as was wished", () => {
    const fit = fitCourt({ width: 160, height: 210 }, DESKTOP, 1, { factor: 3, pixelSize: 1 });
    expect([fit.width, fit.height, fit.scale, fit.left]).toEqual([480, 630, 3, 260]);
  });

  it("is never larger than its space, and its pixels stay whole there", () => {
    const fit = fitCourt({ width: 160, height: 210 }, DESKTOP, 1, { factor: 5, pixelSize: 1 });
    expect([fit.width, fit.height, fit.scale]).toEqual([480, 630, 3]);
  });

  it("counts the pixels of the picture that lies on the court", () => {
    // 84 x 84 pixels, shown as 600 x 600 on a court of 800 x 600.
    const fit = fitCourt(COURT, DESKTOP, 1, { factor: 4, pixelSize: 600 / 84 });
    expect(fit.scale * 600).toBeCloseTo(4 * 84, 9);
    expect(fit.canvasHeight).toBe(4 * 84);
  });

  it.each([1, 1.25, 2, 2.625])("has sharp pixels at a ratio of %s", (ratio) => {
    const fit = fitCourt({ width: 84, height: 84 }, DESKTOP, ratio, { factor: 3, pixelSize: 1 });
    expect(Number.isInteger(fit.scale)).toBe(true);
    expect(Math.abs(fit.scale - 3 * ratio)).toBeLessThanOrEqual(0.5);
    expect(fit.width * ratio).toBeCloseTo(fit.canvasWidth, 6);
  });

  it("keeps what a game draws of shapes at just the size wished for, or as there is room", () => {
    const wished = { factor: 1.5, pixelSize: null };
    expect(fitCourt({ width: 400, height: 300 }, DESKTOP, 1, wished).width).toBe(600);
    expect(fitCourt(COURT, { width: 360, height: 700 }, 2, wished).width).toBe(360);
  });

  it("does not shrink a picture by nearly half for whole pixels", () => {
    const phone = { width: 195, height: 700 };
    const wished = { factor: 3, pixelSize: 1 };
    expect(fitCourt({ width: 100, height: 100 }, phone, 1, wished).width).toBe(195);
    expect(fitCourt({ width: 60, height: 60 }, phone, 1, wished).width).toBe(180);
  });

  it("makes a large picture smaller, as was wished or as there is room", () => {
    const large = { width: 2000, height: 1000 };
    expect(fitCourt(large, DESKTOP, 1, { factor: 0.25, pixelSize: 1 }).width).toBe(500);
    expect(fitCourt(large, DESKTOP, 1, { factor: 1, pixelSize: 1 }).width).toBe(1000);
    expect(
      fitCourt(COURT, { width: 0, height: 0 }, 1, { factor: 2, pixelSize: 1 }).canvasWidth,
    ).toBe(1);
  });
});
