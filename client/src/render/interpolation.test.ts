import { describe, expect, it } from "vitest";
import type { DisplayList, Shape } from "./display_list";
import { blend, FrameBuffer } from "./interpolation";

function circle(key: string, x: number, y = 100): Shape {
  return { kind: "circle", key, rgb: 0, alpha: 1, numbers: [x, y, 9], text: "", align: "left" };
}

function court(...shapes: Shape[]): DisplayList {
  return { width: 800, height: 600, background: 0, shapes };
}

const places = (list: DisplayList | null): (number | undefined)[] =>
  (list?.shapes ?? []).map((shape) => shape.numbers[0]);

const GAME_PERIOD_MS = 1000 / 60;

function bufferOf(first: DisplayList, second: DisplayList): FrameBuffer {
  const buffer = new FrameBuffer(GAME_PERIOD_MS);
  buffer.push(first, 1000);
  buffer.push(second, 1000 + GAME_PERIOD_MS);
  return buffer;
}

describe("blending two frames", () => {
  it("moves a shape of the same key part of the way", () => {
    expect(places(blend(court(circle("ball", 100)), court(circle("ball", 108)), 0.25))).toEqual([
      102,
    ]);
  });

  it("draws shapes without a key or without a partner where they are now", () => {
    const from = court(circle("", 100), circle("old", 50));
    const to = court(circle("", 108), circle("new", 60));
    expect(places(blend(from, to, 0.5))).toEqual([108, 60]);
  });

  it("does not draw a leap as a flight", () => {
    expect(places(blend(court(circle("ball", 790)), court(circle("ball", 400)), 0.5))).toEqual([
      400,
    ]);
  });

  it("turns what turns the shorter way round", () => {
    const sprite = (angle: number): Shape => ({
      ...circle("ship", 0),
      kind: "sprite",
      numbers: [0, 0, 8, 8, angle],
    });
    const { shapes } = blend(court(sprite(3)), court(sprite(-3)), 0.5);
    expect(shapes[0]?.numbers[4]).toBeCloseTo(Math.PI, 6);
  });

  it("never blends shapes of different kinds", () => {
    const line: Shape = { ...circle("a", 0), kind: "line", numbers: [0, 0, 1, 1, 1] };
    expect(blend(court(line), court(circle("a", 10)), 0.5).shapes[0]?.kind).toBe("circle");
  });
});

describe("a display that is faster than the game", () => {
  it("shows places between the last two frames, one frame late", () => {
    const buffer = bufferOf(court(circle("ball", 100)), court(circle("ball", 108)));
    const period = 1000 / 144;
    const now = 1000 + GAME_PERIOD_MS;
    expect(places(buffer.sample(now, period))).toEqual([100]);
    expect(places(buffer.sample(now + GAME_PERIOD_MS / 2, period))[0]).toBeCloseTo(104, 6);
    expect(places(buffer.sample(now + GAME_PERIOD_MS, period))[0]).toBeCloseTo(108, 6);
  });

  it("moves what goes a field further in a slow game, and does not fly across the court", () => {
    const buffer = new FrameBuffer(100);
    buffer.push(court(circle("man", 100), circle("ball", 790)), 1000);
    buffer.push(court(circle("man", 200), circle("ball", 100)), 1100);
    expect(places(buffer.sample(1150, 16))).toEqual([150, 100]);
  });

  it("neither runs ahead of the newest frame nor behind the one before", () => {
    const buffer = bufferOf(court(circle("ball", 100)), court(circle("ball", 108)));
    expect(places(buffer.sample(5000, 7))).toEqual([108]);
    expect(places(buffer.sample(0, 7))).toEqual([100]);
  });
});

describe("a display about as fast as the game, or slower", () => {
  it.each([50, 59.54, 60, 61])("shows the newest frame at %s Hz", (rateHz) => {
    const buffer = bufferOf(court(circle("ball", 100)), court(circle("ball", 108)));
    expect(places(buffer.sample(1000 + GAME_PERIOD_MS, 1000 / rateHz))).toEqual([108]);
  });

  it("shows nothing before the first frame and the first frame after it", () => {
    const buffer = new FrameBuffer(GAME_PERIOD_MS);
    expect(buffer.sample(0, 7)).toBeNull();
    buffer.push(court(circle("ball", 1)), 0);
    expect(places(buffer.sample(0, 7))).toEqual([1]);
  });
});
