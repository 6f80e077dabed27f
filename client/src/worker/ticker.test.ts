import { describe, expect, test } from "vitest";
import { Ticker, type Wake } from "./ticker";

const FRAME_MS = 1000 / 60;

/** Timers on a clock that the test moves; each fires late by what the test says. */
class FakeTimers {
  nowMs = 0;
  private timers = new Map<number, { atMs: number; run: () => void }>();
  private next = 1;

  setTimer = (run: () => void, delayMs: number): number => {
    this.timers.set(this.next, { atMs: this.nowMs + delayMs, run });
    return this.next++;
  };

  clearTimer = (timer: number): void => {
    this.timers.delete(timer);
  };

  get pending(): number {
    return this.timers.size;
  }

  /** Fire timers until the clock has come to this time. */
  runUntil(untilMs: number, lateMs: () => number = () => 0): void {
    for (;;) {
      const due = [...this.timers].sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (due === undefined || due[1].atMs > untilMs) break;
      const [id, { atMs, run }] = due;
      this.timers.delete(id);
      this.nowMs = Math.max(this.nowMs, atMs + lateMs());
      run();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }
}

function asleep(atMs: number, changes: Partial<Wake> = {}): Wake {
  return { atMs, isFrame: false, isPlaying: false, more: false, ...changes };
}

function makeTicker(
  timers: FakeTimers,
  call: (nowMs: number) => Wake,
  shiftFor: (dueMs: number) => number = () => 0,
): Ticker {
  return new Ticker(
    {
      now: () => timers.nowMs,
      setTimer: timers.setTimer,
      clearTimer: timers.clearTimer,
      shiftFor,
    },
    call,
  );
}

describe("the ticker", () => {
  test("keeps the rate although every timer is late", () => {
    const timers = new FakeTimers();
    let frames = 0;
    const ticker = makeTicker(timers, () => {
      frames += 1;
      return asleep(frames * FRAME_MS, { isFrame: true });
    });
    ticker.start();
    timers.runUntil(10_000, () => 1.3);
    expect(frames).toBeGreaterThanOrEqual(599);
    expect(frames).toBeLessThanOrEqual(601);
    expect(ticker.lateMs).toBeCloseTo(1.3);
  });

  test("catches up after a long pause without a sleep in between", () => {
    const timers = new FakeTimers();
    let frames = 0;
    const ticker = makeTicker(timers, () => asleep(++frames * FRAME_MS, { isFrame: true }));
    ticker.start();
    timers.runUntil(100);
    timers.nowMs += 100; // the worker was held up
    timers.runUntil(timers.nowMs + 0.001);
    expect(frames).toBeGreaterThanOrEqual(12);
  });

  test("puts off a frame by synctick's shift, and nothing else", () => {
    for (const isFrame of [true, false]) {
      const timers = new FakeTimers();
      const calls: number[] = [];
      const ticker = makeTicker(
        timers,
        (nowMs) => {
          calls.push(nowMs);
          return asleep(calls.length * 100, { isFrame });
        },
        () => 4,
      );
      ticker.start();
      timers.runUntil(350);
      expect(calls).toEqual(isFrame ? [0, 104, 204, 304] : [0, 100, 200, 300]);
    }
  });

  test("comes at once when woken, once for many wakes", () => {
    const timers = new FakeTimers();
    let calls = 0;
    const ticker = makeTicker(timers, () => {
      calls += 1;
      return asleep(Number.POSITIVE_INFINITY);
    });
    ticker.start();
    timers.runUntil(10);
    for (let wake = 0; wake < 5; wake += 1) ticker.wake();
    timers.runUntil(11);
    expect(calls).toBe(2);
  });

  test("comes again when it was woken from within its own call", () => {
    const timers = new FakeTimers();
    let calls = 0;
    const ticker: Ticker = makeTicker(timers, () => {
      calls += 1;
      if (calls === 1) ticker.wake();
      return asleep(Number.POSITIVE_INFINITY);
    });
    ticker.start();
    timers.runUntil(1);
    expect(calls).toBe(2);
  });

  test("calls again at once while there is more, but lets others have their turn", () => {
    const timers = new FakeTimers();
    let calls = 0;
    const ticker = makeTicker(timers, () => asleep(1e6, { more: ++calls < 100 }));
    ticker.start();
    const turn = timers.setTimer(() => undefined, 0);
    timers.runUntil(0);
    expect(calls).toBe(100);
    timers.clearTimer(turn);
  });

  test("leaves no timer behind when stopped, and none calls afterwards", () => {
    const timers = new FakeTimers();
    let calls = 0;
    const ticker = makeTicker(timers, () => asleep(++calls * 10));
    ticker.start();
    timers.runUntil(50);
    ticker.stop();
    expect(timers.pending).toBe(0);
    const before = calls;
    ticker.wake();
    timers.runUntil(1000);
    expect(calls).toBe(before);
  });

  test("stops when its call stops it", () => {
    const timers = new FakeTimers();
    const ticker: Ticker = makeTicker(timers, () => {
      ticker.stop();
      return asleep(10);
    });
    ticker.start();
    timers.runUntil(5);
    expect(timers.pending).toBe(0);
  });
});
