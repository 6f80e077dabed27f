import { describe, expect, it } from "vitest";
import { COARSEST_CLOCK_MS, hasWebRtc, measureClockStepMs, sayClockStep } from "./capabilities";

/** A clock that moves in steps; a reading takes `readingMs`. */
function steppedClock(stepMs: number, readingMs = 0.001): () => number {
  let readings = 0;
  return () => {
    readings += 1;
    return Math.floor((readings * readingMs) / stepMs) * stepMs;
  };
}

describe("the step of a clock", () => {
  it.each([0.005, 0.1, 1, 5, 8])("of %s ms is fine enough", (stepMs) => {
    expect(measureClockStepMs(steppedClock(stepMs))).toBeLessThanOrEqual(COARSEST_CLOCK_MS);
  });

  it.each([10, 1000 / 60, 100])("of %s ms is too coarse", (stepMs) => {
    expect(measureClockStepMs(steppedClock(stepMs))).toBeGreaterThan(COARSEST_CLOCK_MS);
  });

  it("is the smallest one seen, so that a pause in between does no harm", () => {
    const times = [0, 40, 42, 100, 102, 104, 106];
    let reading = 0;
    expect(measureClockStepMs(() => times[reading++] ?? 106)).toBe(2);
  });

  it("of a clock that stands still ends the measurement nevertheless", () => {
    expect(measureClockStepMs(() => 7)).toBe(Number.POSITIVE_INFINITY);
    expect(sayClockStep(Number.POSITIVE_INFINITY)).toBe("more than 20 ms");
  });
});

it("a browser whose WebRTC was removed is recognised", () => {
  expect(hasWebRtc({ RTCPeerConnection: class {} })).toBe(true);
  expect(hasWebRtc({})).toBe(false);
  expect(hasWebRtc({ RTCPeerConnection: undefined })).toBe(false);
});
