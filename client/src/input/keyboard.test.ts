import { expect, it } from "vitest";
import { Keyboard } from "./keyboard";

const NOOP = 0;
const BINDINGS = [
  { keys: ["ArrowRight"], action: 1 },
  { keys: ["ArrowLeft"], action: 4 },
  { keys: [" "], action: 2 },
  { keys: ["ArrowRight", " "], action: 3 },
];

/** A keyboard of a game whose frames come every 100 ms; one was made at 1000. */
function keyboard(frameRateHz = 10) {
  const told: number[] = [];
  const keys = new Keyboard(BINDINGS, NOOP, frameRateHz, (action) => told.push(action));
  keys.noteFrame(1000, 1000);
  return { told, keys };
}

it("a tap between two frames is held until a frame was made with it", () => {
  const { told, keys } = keyboard();
  keys.hold(" ", 1010);
  keys.letGo(" ", 1060);
  expect(told).toEqual([2]);
  keys.noteFrame(1100, 1101);
  expect(told).toEqual([2, NOOP]);
});

it("a frame that was due before the tap, or at the same moment, was not made with it", () => {
  const { told, keys } = keyboard();
  keys.hold(" ", 1099);
  keys.letGo(" ", 1130);
  keys.noteFrame(1100, 1131);
  expect(told).toEqual([2]);
  keys.noteFrame(1200, 1201);
  expect(told).toEqual([2, NOOP]);
});

it("what has been seen is let go of at once", () => {
  const { told, keys } = keyboard();
  keys.hold("ArrowRight", 1010);
  keys.noteFrame(1100, 1101);
  keys.letGo("ArrowRight", 1102);
  expect(told).toEqual([1, NOOP]);
});

it("a key that is tapped beside one that is held counts, and the held one stays", () => {
  const { told, keys } = keyboard();
  keys.hold("ArrowRight", 1010);
  keys.noteFrame(1100, 1101);
  keys.hold(" ", 1110);
  keys.letGo(" ", 1120);
  keys.noteFrame(1200, 1201);
  expect(told).toEqual([1, 3, 1]);
  expect(keys.current()).toBe(1);
});

it("two keys are pressed at once, whatever is waited for", () => {
  const { told, keys } = keyboard();
  keys.hold("ArrowRight", 1010);
  keys.hold(" ", 1012);
  expect(told).toEqual([1, 3]);
});

it("a key that is pressed again before it was seen stays held", () => {
  const { told, keys } = keyboard();
  keys.hold(" ", 1010);
  keys.letGo(" ", 1020);
  keys.hold(" ", 1030);
  keys.noteFrame(1100, 1101);
  expect(told).toEqual([2]);
});

it("a key that was let go does not come back when the one that hid it is let go too", () => {
  const { told, keys } = keyboard();
  keys.hold("ArrowRight", 1010);
  keys.letGo("ArrowRight", 1020);
  keys.hold("ArrowLeft", 1030);
  keys.letGo("ArrowLeft", 1040);
  keys.noteFrame(1100, 1101);
  expect(told).toEqual([1, 4, NOOP]);
});

it("while the game stands still, a tap is over when it is over", () => {
  const { told, keys } = keyboard();
  keys.hold(" ", 2000);
  keys.letGo(" ", 2050);
  expect(told).toEqual([2, NOOP]);
  const slow = keyboard(1);
  slow.keys.hold(" ", 2000);
  slow.keys.letGo(" ", 2050);
  expect(slow.told).toEqual([2]);
});
