import { describe, expect, it } from "vitest";
import { PlaybackClock } from "./playback_clock";

/** Let time pass in animation frames, with everything shown at once. */
function play(clock: PlaybackClock, forMs: number): void {
  for (let ms = 0; ms < forMs; ms += 16) clock.advance(16, clock.position);
}

describe("the clock of the playback", () => {
  it.each([0.25, 1, 8])("plays at %f times the speed", (speed) => {
    const clock = new PlaybackClock(60, 10_000);
    clock.speed = speed;
    clock.play();
    play(clock, 4000);
    expect(clock.position).toBeCloseTo(240 * speed, -1);
  });

  it("stands while it does not play", () => {
    const clock = new PlaybackClock(60, 100);
    play(clock, 1000);
    expect(clock.position).toBe(0);
    clock.seek(40);
    play(clock, 1000);
    expect(clock.position).toBe(40);
  });

  it("pauses at the end, and begins again from the beginning", () => {
    const clock = new PlaybackClock(60, 30);
    clock.play();
    play(clock, 1000);
    expect([clock.position, clock.isPlaying]).toEqual([30, false]);
    clock.play();
    expect([clock.position, clock.isPlaying]).toEqual([0, true]);
  });

  it("goes to no place that there is not", () => {
    const clock = new PlaybackClock(60, 30);
    expect([clock.seek(-5), clock.seek(31), clock.seek(7.6)]).toEqual([0, 30, 8]);
  });

  it("does not run ahead of a machine that cannot follow", () => {
    const clock = new PlaybackClock(60, 10_000);
    clock.speed = 8;
    clock.play();
    for (let frame = 0; frame < 600; frame += 1) clock.advance(16, 5);
    expect(clock.position).toBe(5 + 120);
    expect(clock.isPlaying).toBe(true);
  });

  it("does not make up for what a hidden page has missed", () => {
    const clock = new PlaybackClock(60, 10_000);
    clock.play();
    clock.advance(60_000, 0);
    expect(clock.position).toBe(6);
  });
});
