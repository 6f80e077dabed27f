import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  DOUBT_MS,
  FIRST_WAIT_MS,
  IceRestarts,
  LONGEST_WAIT_MS,
  SETTLE_MS,
  watchNetwork,
} from "./ice_restart";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function restarts(): { it: IceRestarts; count: () => number } {
  const restart = vi.fn();
  return { it: new IceRestarts(restart), count: () => restart.mock.calls.length };
}

test("a path that is in doubt for a moment only is kept", () => {
  const { it, count } = restarts();
  it.noteState("disconnected");
  vi.advanceTimersByTime(DOUBT_MS - 1);
  it.noteState("connected");
  vi.advanceTimersByTime(60_000);
  expect(count()).toBe(0);
});

test("a path that stays in doubt is sought anew, one that failed at once", () => {
  const doubted = restarts();
  doubted.it.noteState("disconnected");
  vi.advanceTimersByTime(DOUBT_MS);
  expect(doubted.count()).toBe(1);
  const failed = restarts();
  failed.it.noteState("failed");
  vi.advanceTimersByTime(0);
  expect(failed.count()).toBe(1);
});

test("searches become rarer and never end", () => {
  const { it, count } = restarts();
  it.noteState("failed");
  vi.advanceTimersByTime(0);
  vi.advanceTimersByTime(FIRST_WAIT_MS);
  expect(count()).toBe(2);
  vi.advanceTimersByTime(FIRST_WAIT_MS);
  expect(count()).toBe(2);
  vi.advanceTimersByTime(10 * 60_000);
  const before = count();
  vi.advanceTimersByTime(LONGEST_WAIT_MS);
  expect(count()).toBe(before + 1);
});

test("the other side is obeyed at once, but not more often than a search takes", () => {
  const { it, count } = restarts();
  it.noteState("connected");
  it.noteAsked();
  vi.advanceTimersByTime(0);
  expect(count()).toBe(1);
  for (let ask = 0; ask < 600; ask += 1) {
    it.noteAsked();
    vi.advanceTimersByTime(50);
  }
  expect(count()).toBeGreaterThan(5);
  expect(count()).toBeLessThan(12);
});

test("who seeks by himself already need not be asked", () => {
  const { it, count } = restarts();
  it.noteState("disconnected");
  vi.advanceTimersByTime(DOUBT_MS);
  it.noteAsked();
  vi.advanceTimersByTime(600);
  it.noteState("connected");
  vi.advanceTimersByTime(60_000);
  expect(count()).toBe(1);
});

test("after a success the first search is as quick as ever", () => {
  const { it, count } = restarts();
  it.noteState("failed");
  vi.advanceTimersByTime(10 * 60_000);
  it.noteState("connected");
  it.noteState("failed");
  const before = count();
  vi.advanceTimersByTime(FIRST_WAIT_MS);
  expect(count()).toBe(before + 2);
});

test("a burst of changes of the network leads to one search", () => {
  const { it, count } = restarts();
  for (let each = 0; each < 5; each += 1) {
    it.noteNetworkChange();
    vi.advanceTimersByTime(SETTLE_MS / 2);
  }
  vi.advanceTimersByTime(SETTLE_MS);
  expect(count()).toBe(1);
});

test("a search beside a path that works is not repeated", () => {
  const { it, count } = restarts();
  it.noteState("connected");
  it.noteNetworkChange();
  vi.advanceTimersByTime(60_000);
  expect(count()).toBe(1);
});

test("nothing is sought after the end", () => {
  const { it, count } = restarts();
  it.noteState("disconnected");
  it.close();
  it.noteNetworkChange();
  vi.advanceTimersByTime(60_000);
  expect(count()).toBe(0);
});

test("a new kind of network and coming online are changes, a new estimate of speed is none", () => {
  const connection = Object.assign(new EventTarget(), { type: "wifi" });
  const page = new EventTarget();
  vi.stubGlobal("navigator", { connection });
  vi.stubGlobal("window", page);
  const onChange = vi.fn();
  const stop = watchNetwork(onChange);
  connection.dispatchEvent(new Event("change"));
  expect(onChange).toHaveBeenCalledTimes(0);
  connection.type = "cellular";
  connection.dispatchEvent(new Event("change"));
  expect(onChange).toHaveBeenCalledTimes(1);
  page.dispatchEvent(new Event("online"));
  expect(onChange).toHaveBeenCalledTimes(2);
  stop();
  page.dispatchEvent(new Event("online"));
  expect(onChange).toHaveBeenCalledTimes(2);
});
