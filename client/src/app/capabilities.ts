/** What the browser must be able to do before players can be connected. */

/** Half a frame at 60 Hz: with a coarser clock frames cannot be told apart reliably. */
export const COARSEST_CLOCK_MS = 8;
/** How many steps of the clock are looked at; the smallest counts, as a pause makes a step look long. */
const STEPS = 5;
/**
 * Give up after so many readings without a step. A reading takes 10 ns at the very least, so this is
 * 20 ms or more of a clock that stands still.
 */
const READINGS = 2_000_000;

/**
 * Measure by how much a clock moves at a time.
 *
 * @returns The smallest step seen, in ms; Infinity when the clock stood still all the time.
 */
export function measureClockStepMs(now: () => number): number {
  let smallest = Number.POSITIVE_INFINITY;
  let steps = 0;
  let last = now();
  for (let reading = 0; reading < READINGS && steps < STEPS; reading++) {
    const time = now();
    if (time <= last) continue;
    smallest = Math.min(smallest, time - last);
    if (smallest <= 1) return smallest;
    last = time;
    steps += 1;
    reading = 0;
  }
  return smallest;
}

export function hasWebRtc(scope: object): boolean {
  return "RTCPeerConnection" in scope && typeof scope.RTCPeerConnection === "function";
}

/** Say a clock step for people. */
export function sayClockStep(stepMs: number): string {
  return Number.isFinite(stepMs) ? `${Math.round(stepMs)} ms` : "more than 20 ms";
}
