import { describe, expect, test } from "vitest";
import { type EffectNews, NO_EFFECTS } from "../shared/messages";
import { recipeOf } from "./sound_recipes";
import { Sounds } from "./sounds";

class FakeParameter {
  value = 0;
  fadesFromS: number | null = null;

  setValueAtTime(): this {
    return this;
  }
  linearRampToValueAtTime(): this {
    return this;
  }
  exponentialRampToValueAtTime(): this {
    return this;
  }
  setTargetAtTime(_value: number, atS: number): this {
    this.fadesFromS = atS;
    return this;
  }
}

class FakeNode {
  readonly gain = new FakeParameter();
  readonly frequency = new FakeParameter();
  isConnected = true;
  type = "";

  connect<Node>(node: Node): Node {
    return node;
  }
  disconnect(): void {
    this.isConnected = false;
  }
}

class FakeOscillator extends FakeNode {
  beginS = -1;
  endS = -1;
  onended: (() => void) | null = null;

  start(atS: number): void {
    this.beginS = atS;
  }
  stop(atS: number): void {
    this.endS = atS;
  }
}

class FakeContext {
  currentTime = 10;
  readonly destination = new FakeNode();
  readonly gains: FakeNode[] = [];
  readonly oscillators: FakeOscillator[] = [];

  createGain(): FakeNode {
    const node = new FakeNode();
    this.gains.push(node);
    return node;
  }
  createOscillator(): FakeOscillator {
    const node = new FakeOscillator();
    this.oscillators.push(node);
    return node;
  }
  resume(): Promise<void> {
    return Promise.resolve();
  }
  /** Let time pass; what is over says so. */
  advance(seconds: number): void {
    this.currentTime += seconds;
    for (const oscillator of this.oscillators) {
      if (oscillator.endS > this.currentTime) continue;
      oscillator.onended?.();
      oscillator.onended = null;
    }
  }
}

function open() {
  const context = new FakeContext();
  const sounds = new Sounds(() => context as unknown as AudioContext);
  const page = new EventTarget();
  sounds.unlockOnFirstGesture(page);
  page.dispatchEvent(new Event("keydown"));
  return { context, sounds };
}

function start(id: number, name = "hit", lateMs = 0): EffectNews {
  return { ...NO_EFFECTS, started: [{ id, name, frame: 1, lateMs }] };
}

function stop(...stopped: number[]): EffectNews {
  return { ...NO_EFFECTS, stopped };
}

const confirmed: EffectNews = { ...NO_EFFECTS, confirmed: [{ frame: 1, name: "score" }] };
const HIT_TONES = recipeOf("hit").length;
const SCORE_TONES = recipeOf("score").length;

describe("an effect", () => {
  test("is played from its beginning when it is in time", () => {
    const { context, sounds } = open();
    sounds.play(start(1), 4);
    expect(context.oscillators.map(({ beginS }) => beginS)).toEqual(Array(HIT_TONES).fill(10));
    expect(context.oscillators[0]?.endS).toBeCloseTo(10.09);
  });

  test("that comes late goes on from where it would be", () => {
    const { context, sounds } = open();
    sounds.play(start(1, "hit", 50), 4);
    expect(context.oscillators).toHaveLength(1); // the shorter of its tones is over
    expect(context.oscillators[0]?.endS).toBeCloseTo(10.04);
  });

  test.each([
    [200, 100],
    [0, 251],
    [251, 0],
  ])("%i ms late in a frame %i ms old is not played", (lateMs, ageMs) => {
    const { context, sounds } = open();
    sounds.play(start(1, "score", lateMs), ageMs);
    expect(context.oscillators).toHaveLength(0);
  });

  test("that never happened is broken off at once, and it alone", () => {
    const { context, sounds } = open();
    sounds.play(start(1, "score"), 0);
    sounds.play(start(2, "score"), 0);
    context.advance(0.05);
    sounds.play(stop(1), 0);
    const ends = context.oscillators.map(({ endS }) => endS);
    const first = ends.slice(0, SCORE_TONES);
    expect(Math.max(...first)).toBeLessThan(10.05 + 0.1);
    expect(Math.max(...ends.slice(SCORE_TONES))).toBeCloseTo(10.44);
    const fading = context.gains.filter(({ gain }) => gain.fadesFromS !== null);
    expect(fading).toHaveLength(1);
    expect(fading[0]?.gain.fadesFromS).toBe(10.05);
  });

  test("that is over leaves nothing behind, and cannot be stopped any more", () => {
    const { context, sounds } = open();
    for (let id = 1; id <= 50; id += 1) sounds.play(start(id), 0);
    context.advance(1);
    const faders = context.gains.filter(({ isConnected }) => !isConnected);
    expect(faders).toHaveLength(50);
    sounds.play(stop(...Array.from({ length: 50 }, (_, index) => index + 1)), 0);
    expect(context.gains.every(({ gain }) => gain.fadesFromS === null)).toBe(true);
  });

  test("of the next match may have the number of one that still sounds", () => {
    const { context, sounds } = open();
    sounds.play(start(1, "hit"), 0);
    sounds.play(start(1, "score"), 0);
    context.advance(0.1); // the hit is over
    sounds.play(stop(1), 0);
    expect(Math.max(...context.oscillators.map(({ endS }) => endS))).toBeLessThan(10.2);
  });

  test("is not heard while muted, but stopped all the same", () => {
    const { context, sounds } = open();
    sounds.play(start(1, "score"), 0);
    sounds.setMuted(true);
    sounds.play(start(2, "score"), 0);
    expect(context.oscillators).toHaveLength(SCORE_TONES);
    sounds.play(stop(1, 2), 0);
    expect(Math.max(...context.oscillators.map(({ endS }) => endS))).toBeLessThan(10.1);
  });

  test("before the first gesture, or without audio, is nothing", () => {
    const silent = new Sounds(() => null);
    const page = new EventTarget();
    silent.unlockOnFirstGesture(page);
    silent.play(start(1), 0);
    page.dispatchEvent(new Event("pointerdown"));
    silent.play(start(2), 0);
    silent.play(stop(1, 2), 0);
  });
});

test("what is confirmed is played in full, and never broken off", () => {
  const { context, sounds } = open();
  sounds.play(confirmed, 4);
  expect(context.oscillators).toHaveLength(SCORE_TONES);
  expect(context.oscillators[0]?.beginS).toBe(10);
  sounds.play(confirmed, 300); // the page was hidden
  expect(context.oscillators).toHaveLength(SCORE_TONES);
});
