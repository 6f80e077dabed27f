import { describe, expect, test } from "vitest";
import { ATTACK_S, remainingTone, SILENCE } from "./late_tone";
import { recipeOf, type Tone } from "./sound_recipes";

const TONE: Tone = { wave: "sine", fromHz: 400, toHz: 800, startS: 0.1, lengthS: 0.2, gain: 0.5 };

describe("what is left of a tone", () => {
  test("is all of it when it is in time", () => {
    expect(remainingTone(TONE, 0)).toEqual(TONE);
  });

  test("begins sooner by as much as it is late", () => {
    expect(remainingTone(TONE, 0.06)?.startS).toBeCloseTo(0.04);
    expect(remainingTone(TONE, 0.06)).toMatchObject({ fromHz: 400, lengthS: 0.2, gain: 0.5 });
  });

  test("goes on in the middle, with the pitch and loudness that it has there", () => {
    const rest = remainingTone(TONE, 0.2);
    expect(rest?.startS).toBe(0);
    expect(rest?.lengthS).toBeCloseTo(0.1);
    expect(rest?.fromHz).toBeCloseTo(600);
    expect(rest?.toHz).toBe(800);
    expect(rest?.gain).toBeLessThan(0.1);
    expect(rest?.gain).toBeGreaterThan(SILENCE);
  });

  test("ends at the same moment however late it is", () => {
    for (const lateS of [0, 0.03, 0.1, 0.15, 0.25, 0.29]) {
      const rest = remainingTone(TONE, lateS);
      expect(lateS + (rest?.startS ?? 0) + (rest?.lengthS ?? 0)).toBeCloseTo(0.3);
    }
  });

  test("grows softer the later it is", () => {
    const gains = [0.1, 0.15, 0.2, 0.25].map((lateS) => remainingTone(TONE, lateS)?.gain ?? 0);
    expect(gains).toEqual([...gains].sort((a, b) => b - a));
    expect(new Set(gains).size).toBe(4);
  });

  test("is nothing when it would be over", () => {
    expect(remainingTone(TONE, 0.3)).toBeNull();
    expect(remainingTone(TONE, 0.3 - ATTACK_S / 2)).toBeNull();
    expect(remainingTone(TONE, 9)).toBeNull();
  });

  test("can be played, for every recipe and every lateness", () => {
    for (const name of ["hit", "wall", "score", "countdown", "go", "whatever"]) {
      for (const tone of recipeOf(name)) {
        for (let lateS = 0; lateS < 0.3; lateS += 0.01) {
          const rest = remainingTone(tone, lateS);
          if (rest === null) continue;
          expect(rest.gain).toBeGreaterThanOrEqual(SILENCE);
          expect(rest.fromHz).toBeGreaterThan(0);
          expect(rest.lengthS).toBeGreaterThan(ATTACK_S);
        }
      }
    }
  });
});
