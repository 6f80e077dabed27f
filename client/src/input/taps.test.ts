import { expect, it } from "vitest";
import { Taps } from "./taps";

const NOOP = 0;

function taps(frameRateHz: number) {
  const told: number[] = [];
  return { told, seat: new Taps(frameRateHz, NOOP, (action) => told.push(action)) };
}

it("a tap between two frames is held until a frame was made with it", () => {
  const { told, seat } = taps(4);
  seat.hold(3, 1010);
  seat.hold(NOOP, 1060);
  expect(told).toEqual([3]);
  seat.noteFrame(1250, 1252);
  expect(told).toEqual([3, NOOP]);
});

it("a frame that was due before the tap, or at the same moment, does not count", () => {
  const { told, seat } = taps(10);
  seat.hold(3, 1099);
  seat.hold(NOOP, 1140);
  seat.noteFrame(1000, 1100);
  seat.noteFrame(1100, 1141);
  expect(told).toEqual([3]);
  seat.noteFrame(1200, 1201);
  expect(told).toEqual([3, NOOP]);
});

it("of what was pressed in between, the last counts", () => {
  const { told, seat } = taps(10);
  seat.hold(1, 1000);
  for (const [action, nowMs] of [
    [NOOP, 1020],
    [2, 1040],
    [NOOP, 1060],
    [3, 1080],
  ] as const)
    seat.hold(action, nowMs);
  seat.noteFrame(1100, 1101);
  expect(told).toEqual([1, 3]);
});

it("what has been seen is let go of at once", () => {
  const { told, seat } = taps(10);
  seat.hold(1, 1000);
  seat.noteFrame(1100, 1101);
  seat.hold(NOOP, 1120);
  expect(told).toEqual([1, NOOP]);
});

it("a fast game is told of everything at once", () => {
  const { told, seat } = taps(60);
  for (const action of [1, NOOP, 2, 2, NOOP]) seat.hold(action, 1000);
  expect(told).toEqual([1, NOOP, 2, NOOP]);
});
