import { expect, it } from "vitest";
import { type GamepadWindow, watchGamepads } from "./gamepads";

/** A window with gamepads, in which animation frames come when they are wanted. */
class PlantedWindow extends EventTarget {
  pads: (Gamepad | null)[] = [];
  isInFront = true;
  waiting: (() => void)[] = [];
  readonly navigator = { getGamepads: () => this.pads };
  readonly document = { hasFocus: () => this.isInFront };
  requestAnimationFrame(callback: () => void): number {
    return this.waiting.push(callback);
  }
  frame(): void {
    for (const callback of this.waiting.splice(0)) callback();
  }
  connect(): void {
    this.pads = [null, { connected: true } as Gamepad];
    this.dispatchEvent(new Event("gamepadconnected"));
  }
}

function watched(change: Partial<GamepadWindow> = {}) {
  const target = Object.assign(new PlantedWindow(), change);
  const told: number[] = [];
  const devices = new AbortController();
  watchGamepads(target, (pads) => told.push(pads.length), devices.signal);
  return { target, told, devices };
}

it("without a gamepad nothing is looked at, again and again", () => {
  const { target, told } = watched();
  target.frame();
  expect([target.waiting.length, told]).toEqual([0, []]);
});

it("one that comes later is told of in every animation frame, once", () => {
  const { target, told } = watched();
  target.frame();
  target.connect();
  target.dispatchEvent(new Event("gamepadconnected"));
  target.frame();
  target.frame();
  expect(told).toEqual([1, 1]);
});

it("one that goes is told of once more, as none", () => {
  const { target, told } = watched();
  target.connect();
  target.frame();
  target.pads = [null];
  target.frame();
  target.frame();
  expect([told, target.waiting.length]).toEqual([[1, 0], 0]);
  target.connect();
  target.frame();
  expect(told).toEqual([1, 0, 1]);
});

it("while the window is not in front there is none", () => {
  const { target, told } = watched();
  target.connect();
  target.frame();
  target.isInFront = false;
  target.dispatchEvent(new Event("blur"));
  target.frame();
  expect(told).toEqual([1, 0]);
  target.isInFront = true;
  target.frame();
  expect(told).toEqual([1, 0, 1]);
});

it("nothing is told any more when the devices are let go", () => {
  const { target, told, devices } = watched();
  target.connect();
  devices.abort();
  target.frame();
  expect([told, target.waiting.length]).toEqual([[], 0]);
});

it("a page that may not know of gamepads has none", () => {
  const forbidden = (): never => {
    throw new DOMException("not allowed", "SecurityError");
  };
  for (const navigator of [{}, { getGamepads: forbidden }]) {
    const { target, told } = watched({ navigator });
    target.frame();
    expect(told).toEqual([]);
  }
});
