import { describe, expect, test } from "vitest";
import { seededRandom } from "./impairment";
import { Synctick } from "./synctick";

const TICK_MS = 1000 / 60;
const SECONDS = 60;

interface Figures {
  /** Animation frames with more than one tick since the one before: a frame nobody saw. */
  doubleTicks: number;
  /** Animation frames without a tick since the one before: the same picture again. */
  doubleDraws: number;
  shifts: number;
  toggles: number;
}

/**
 * Ticks and animation frames on one clock, both trembling as timers and displays do.
 *
 * The page learns of an animation frame a little later, as the worker does by a message.
 */
function simulate(rateHz: number, phaseMs: number, keepApart: boolean, seed = 1): Figures {
  const periodMs = 1000 / rateHz;
  const random = seededRandom(seed);
  const jitter = (most: number) => random() * most;
  const synctick = new Synctick();
  const happenings: { timeMs: number; kind: "tick" | "draw" }[] = [];
  let shifts = 0;
  let toggles = 0;
  let lastShiftMs = 0;
  let animation = 0;
  for (let tick = 0; tick < SECONDS * 60; tick += 1) {
    const dueMs = 1000 + phaseMs + tick * TICK_MS;
    // Messages of animation frames take up to 3 ms to arrive.
    while (1000 + animation * periodMs + 3 < dueMs - TICK_MS / 2) {
      synctick.noteAnimation(1000 + animation * periodMs, periodMs);
      animation += 1;
    }
    const shiftMs = keepApart ? synctick.shiftFor(dueMs) : 0;
    if (shiftMs > 0) shifts += 1;
    if (shiftMs > 0 !== lastShiftMs > 0) toggles += 1;
    lastShiftMs = shiftMs;
    happenings.push({ timeMs: dueMs + shiftMs + jitter(1), kind: "tick" });
  }
  for (let draw = 0; draw < SECONDS * rateHz; draw += 1) {
    happenings.push({ timeMs: 1000 + draw * periodMs + jitter(0.3), kind: "draw" });
  }
  return { ...count(happenings), shifts, toggles };
}

function count(happenings: { timeMs: number; kind: "tick" | "draw" }[]) {
  happenings.sort((a, b) => a.timeMs - b.timeMs);
  // Not the first half second, when the animation frames get known, and not the ragged end.
  const draws = happenings.flatMap(({ timeMs, kind }, at) =>
    kind === "draw" && timeMs > 1500 && timeMs < 1000 * SECONDS ? [at] : [],
  );
  const ticksBetween = draws.slice(1).map((at, index) => at - (draws[index] ?? 0) - 1);
  return {
    doubleTicks: ticksBetween.filter((ticks) => ticks > 1).length,
    doubleDraws: ticksBetween.filter((ticks) => ticks === 0).length,
  };
}

const PHASES_MS = [0, 0.5, 1, 2, 3.9, 5, 8, 11, 13, 14.9, 15.5, 16.5];

describe("synctick", () => {
  // Rates that differ from the game's must drop or repeat pictures; no more than they must.
  test.each([
    { rateHz: 50, mustDrop: 10, mustRepeat: 0 },
    { rateHz: 59.54, mustDrop: 0.46, mustRepeat: 0 },
    { rateHz: 60, mustDrop: 0, mustRepeat: 0 },
    { rateHz: 75, mustDrop: 0, mustRepeat: 15 },
    { rateHz: 144, mustDrop: 0, mustRepeat: 84 },
  ])("at $rateHz Hz no tick and no draw is double that need not be", (display) => {
    for (const phaseMs of PHASES_MS) {
      const figures = simulate(display.rateHz, phaseMs, true);
      const mustDrop = display.mustDrop * SECONDS;
      const mustRepeat = display.mustRepeat * SECONDS;
      expect(figures.doubleTicks, `ticks at phase ${phaseMs}`).toBeLessThanOrEqual(mustDrop + 1);
      expect(figures.doubleDraws, `draws at phase ${phaseMs}`).toBeLessThanOrEqual(mustRepeat + 1);
      if (mustDrop === 0) expect(figures.doubleTicks).toBe(0);
      if (mustRepeat === 0) expect(figures.doubleDraws).toBe(0);
    }
  });

  test("without it, ticks and draws at the same instant do come double", () => {
    const figures = simulate(60, 0, false);
    expect(figures.doubleTicks).toBeGreaterThan(100);
    expect(figures.doubleDraws).toBeGreaterThan(100);
    const drifting = simulate(59.54, 0, false);
    expect(drifting.doubleDraws).toBeGreaterThan(10);
  });

  test("shifts at the thresholds of the article, and scales them to the display", () => {
    const shiftAt = (framesyncMs: number, periodMs: number) => {
      const synctick = new Synctick();
      synctick.noteAnimation(1000, periodMs);
      return synctick.shiftFor(1000 + framesyncMs);
    };
    expect(shiftAt(1.9, TICK_MS)).toBeCloseTo(4);
    expect(shiftAt(2.1, TICK_MS)).toBe(0);
    expect(shiftAt(14.9, TICK_MS)).toBe(0);
    expect(shiftAt(15.1, TICK_MS)).toBeCloseTo(4);
    expect(shiftAt(0.95, TICK_MS / 2)).toBeCloseTo(2);
    expect(shiftAt(1.05, TICK_MS / 2)).toBe(0);
  });

  test("does not flutter where the framesync trembles around a threshold", () => {
    const synctick = new Synctick();
    const random = seededRandom(4);
    const shifts: number[] = [];
    for (let frame = 0; frame < 600; frame += 1) {
      const animationMs = 1000 + frame * TICK_MS;
      synctick.noteAnimation(animationMs, TICK_MS);
      shifts.push(synctick.shiftFor(animationMs + 15 + (random() - 0.5)));
    }
    const toggles = shifts.filter((shift, index) => index > 0 && shift !== shifts[index - 1]);
    expect(toggles.length).toBeLessThanOrEqual(1);
  });

  test("leaves the tick alone while the page is hidden and draws nothing", () => {
    const synctick = new Synctick();
    expect(synctick.shiftFor(5000)).toBe(0);
    synctick.noteAnimation(5000, TICK_MS);
    expect(synctick.shiftFor(5001)).toBeGreaterThan(0);
    expect(synctick.shiftFor(6001)).toBe(0);
    expect(synctick.displayRateHz(6001)).toBe(0);
  });

  test("is not misled by a hiccup of the page", () => {
    const synctick = new Synctick();
    synctick.noteAnimation(1000, TICK_MS);
    synctick.noteAnimation(1400, 400);
    expect(synctick.displayRateHz(1400)).toBeCloseTo(60);
  });
});
