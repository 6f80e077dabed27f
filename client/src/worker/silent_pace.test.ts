import { expect, test } from "vitest";
import { SilentPace } from "./silent_pace";

/** Offer a datagram every 10 ms for a time; returns when they were let through. */
function offer(pace: SilentPace, bytes: number, fromMs: number, forMs: number): number[] {
  const admitted = [];
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += 10) {
    if (pace.admits(bytes, nowMs)) admitted.push(nowMs);
  }
  return admitted;
}

test("lets everything through before the peer was ever heard", () => {
  expect(offer(new SilentPace(), 30, 0, 3000)).toHaveLength(300);
});

test("lets everything through while the peer is heard", () => {
  const pace = new SilentPace();
  let admitted = 0;
  for (let nowMs = 0; nowMs < 3000; nowMs += 300) {
    pace.noteHeard(nowMs);
    admitted += offer(pace, 30, nowMs, 300).length;
  }
  expect(admitted).toBe(300);
});

test("sends four short datagrams a second into a silence, the first at once", () => {
  const pace = new SilentPace();
  pace.noteHeard(0);
  offer(pace, 20, 0, 500);
  const admitted = offer(pace, 20, 1000, 3000);
  expect(admitted[0]).toBe(1000);
  expect(admitted).toHaveLength(12);
});

test.each([1, 30, 100, 400, 1200])(
  "of datagrams of %i bytes, less than half a packet leaves in 3 s, whatever their number",
  (bytes) => {
    const pace = new SilentPace();
    pace.noteHeard(0);
    const admitted = offer(pace, bytes, 1000, 300_000);
    expect(admitted.length).toBeGreaterThan(300 / 7.5);
    const between = admitted.length - 1; // the first leaves at once
    expect((between * (bytes + 16)) / 100).toBeLessThan(1191 / 2);
  },
);

test("lets everything through again as soon as the peer is heard", () => {
  const pace = new SilentPace();
  pace.noteHeard(0);
  offer(pace, 1200, 1000, 2000);
  pace.noteHeard(3000);
  expect(offer(pace, 30, 3000, 100)).toHaveLength(10);
});
