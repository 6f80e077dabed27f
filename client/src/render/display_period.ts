/** Estimate the period of the display from the times of its animation frames. */

/** Half a second at 60 Hz: long enough for a steady median, short enough to follow a move to another screen. */
const HISTORY = 31;
/** Frames further apart than this are a hidden tab or a hitch, not a period. */
const LONGEST_PERIOD_MS = 100;

export class DisplayPeriod {
  private lastTimeMs: number | null = null;
  private readonly periods: number[] = [];
  private next = 0;

  /** Take the time of an animation frame. Return false when this frame has been seen already. */
  add(timeMs: number): boolean {
    const last = this.lastTimeMs;
    if (last !== null && timeMs <= last) return false;
    this.lastTimeMs = timeMs;
    if (last !== null && timeMs - last <= LONGEST_PERIOD_MS) {
      this.periods[this.next] = timeMs - last;
      this.next = (this.next + 1) % HISTORY;
    }
    return true;
  }

  /** The median period in ms; 1000/60 until something was measured. */
  periodMs(): number {
    if (this.periods.length === 0) return 1000 / 60;
    const sorted = [...this.periods].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 1000 / 60;
  }
}
