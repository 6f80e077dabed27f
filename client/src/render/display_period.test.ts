import { describe, expect, it } from "vitest";
import { DisplayPeriod } from "./display_period";

describe("the period of a display", () => {
  it.each([50, 59.54, 60, 75, 144])("is found at %s Hz in spite of hitches", (rateHz) => {
    const display = new DisplayPeriod();
    let timeMs = 0;
    for (let frame = 0; frame < 100; frame++) {
      timeMs += (1000 / rateHz) * (frame % 17 === 5 ? 2 : 1);
      display.add(timeMs);
    }
    expect(display.periodMs()).toBeCloseTo(1000 / rateHz, 6);
  });

  it("is not spoilt by a hidden tab", () => {
    const display = new DisplayPeriod();
    for (const timeMs of [0, 16, 32, 60_000, 60_016, 60_032]) display.add(timeMs);
    expect(display.periodMs()).toBe(16);
  });
});

it("an animation frame that comes twice is told from a new one", () => {
  const display = new DisplayPeriod();
  expect([10, 10, 26].map((timeMs) => display.add(timeMs))).toEqual([true, false, true]);
});
