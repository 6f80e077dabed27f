import { describe, expect, test } from "vitest";
import { RatePerSecond } from "./rate";

describe("a rate per second", () => {
  test("is what came in the last second", () => {
    const rate = new RatePerSecond();
    for (let nowMs = 0; nowMs < 3050; nowMs += 10) rate.add(5, nowMs);
    for (const nowMs of [2990, 3010, 3030]) expect(rate.read(nowMs)).toBe(500);
  });

  test("falls to nothing when nothing comes", () => {
    const rate = new RatePerSecond();
    rate.add(100, 5000);
    expect(rate.read(5500)).toBe(100);
    expect(rate.read(6100)).toBe(0);
    expect(rate.read(1e9)).toBe(0);
  });

  test("survives a long pause and a first time that is large", () => {
    const rate = new RatePerSecond();
    rate.add(1, 1e7);
    rate.add(2, 2e7);
    expect(rate.read(2e7 + 50)).toBe(2);
  });
});
