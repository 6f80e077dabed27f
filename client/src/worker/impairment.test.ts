import { describe, expect, test } from "vitest";
import { Impairment, seededRandom } from "./impairment";

/** A clock with timers; `advance` fires what is due, in order. */
function makeWorld() {
  const world = {
    nowMs: 0,
    timers: new Map<number, { atMs: number; run: () => void }>(),
    next: 1,
    now: () => world.nowMs,
    setTimer: (run: () => void, delayMs: number) => {
      world.timers.set(world.next, { atMs: world.nowMs + delayMs, run });
      return world.next++;
    },
    clearTimer: (timer: number) => void world.timers.delete(timer),
    advance: (untilMs: number) => {
      for (;;) {
        const due = [...world.timers].sort(([, a], [, b]) => a.atMs - b.atMs)[0];
        if (due === undefined || due[1].atMs > untilMs) break;
        world.timers.delete(due[0]);
        world.nowMs = Math.max(world.nowMs, due[1].atMs);
        due[1].run();
      }
      world.nowMs = untilMs;
    },
  };
  return world;
}

interface Arrival {
  readonly item: number;
  readonly tookMs: number;
}

/** Send an item every 10 ms and note when each arrives. */
function send(
  settings: { delayMs: number; jitterMs: number; lossPercent: number },
  ordered: boolean,
  items = 2000,
  seed = 7,
): Arrival[] {
  const world = makeWorld();
  const impairment = new Impairment(world, seededRandom(seed));
  impairment.configure(settings);
  const arrivals: Arrival[] = [];
  for (let item = 0; item < items; item += 1) {
    world.advance(item * 10);
    const sentMs = world.nowMs;
    impairment.pass("1 lane", ordered, () => arrivals.push({ item, tookMs: world.nowMs - sentMs }));
  }
  world.advance(items * 10 + 60_000);
  return arrivals;
}

const numbers = (arrivals: Arrival[]) => arrivals.map(({ item }) => item);
const sorted = (items: number[]) => [...items].sort((a, b) => a - b);

describe("an unimpaired network", () => {
  test("passes everything on within the call", () => {
    const world = makeWorld();
    const impairment = new Impairment(world, seededRandom(1));
    let arrived = 0;
    impairment.pass("1 input", false, () => (arrived += 1));
    impairment.pass("1 control", true, () => (arrived += 1));
    expect(arrived).toBe(2);
    expect(world.timers.size).toBe(0);
  });
});

describe("datagrams", () => {
  test("are delayed, vary, and overtake each other", () => {
    const arrivals = send({ delayMs: 60, jitterMs: 20, lossPercent: 0 }, false);
    expect(arrivals).toHaveLength(2000);
    for (const { tookMs } of arrivals) {
      expect(tookMs).toBeGreaterThanOrEqual(39.4);
      expect(tookMs).toBeLessThanOrEqual(80.6);
    }
    expect(numbers(arrivals)).not.toEqual(sorted(numbers(arrivals)));
  });

  test("are lost as often as asked for", () => {
    const arrivals = send({ delayMs: 10, jitterMs: 0, lossPercent: 20 }, false);
    expect(arrivals.length).toBeGreaterThan(1500);
    expect(arrivals.length).toBeLessThan(1700);
  });

  test("all get lost at 100 percent", () => {
    expect(send({ delayMs: 0, jitterMs: 0, lossPercent: 100 }, false)).toHaveLength(0);
  });
});

describe("reliable messages", () => {
  test("all arrive, in order, and wait behind a loss", () => {
    const arrivals = send({ delayMs: 50, jitterMs: 15, lossPercent: 20 }, true);
    expect(numbers(arrivals)).toEqual(sorted(numbers(arrivals)));
    expect(arrivals).toHaveLength(2000);
    const held = arrivals.filter(({ tookMs }) => tookMs > 100);
    expect(held.length).toBeGreaterThan(400);
  });

  test("do not hold up those of another lane", () => {
    const world = makeWorld();
    const impairment = new Impairment(world, seededRandom(3));
    impairment.configure({ delayMs: 1000, jitterMs: 0, lossPercent: 0 });
    const arrived: string[] = [];
    impairment.pass("1 control", true, () => arrived.push("slow"));
    impairment.configure({ delayMs: 10, jitterMs: 0, lossPercent: 0 });
    impairment.pass("1 control", true, () => arrived.push("behind it"));
    impairment.pass("2 control", true, () => arrived.push("other"));
    world.advance(100);
    expect(arrived).toEqual(["other"]);
    world.advance(2000);
    expect(arrived).toEqual(["other", "slow", "behind it"]);
  });
});

test("the same seed gives the same network, another one another", () => {
  const settings = { delayMs: 40, jitterMs: 30, lossPercent: 10 };
  const first = send(settings, false, 300, 11);
  expect(send(settings, false, 300, 11)).toEqual(first);
  expect(send(settings, false, 300, 12)).not.toEqual(first);
});

test("nothing is under way after it was cleared", () => {
  const world = makeWorld();
  const impairment = new Impairment(world, seededRandom(1));
  impairment.configure({ delayMs: 50, jitterMs: 0, lossPercent: 0 });
  let arrived = 0;
  impairment.pass("1 input", false, () => (arrived += 1));
  impairment.clear();
  expect(world.timers.size).toBe(0);
  world.advance(1000);
  expect(arrived).toBe(0);
});

test("random numbers are spread over [0, 1), also from seed 0", () => {
  for (const seed of [0, 1, 99]) {
    const random = seededRandom(seed);
    const drawn = Array.from({ length: 10_000 }, random);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    const mean = drawn.reduce((sum, number) => sum + number, 0) / drawn.length;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  }
});
