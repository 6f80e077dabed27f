/**
 * Keeps the game's tick away from the page's animation frame.
 *
 * When both fall on the same instant, chance decides which comes first: two ticks, then two drawn
 * frames, and a game of 60 Hz stutters like one of 30. So a tick that would fall too close to an
 * animation frame is put off by a quarter of a frame. The netcode does not know: the session counts
 * nominal times, and only the call is late.
 *
 * All figures are stated for a display of 60 Hz and scaled to the display there is.
 *
 * Source: mitxela, "WebRTC Pong" (2021): less than 2 or more than 15 ms after the last animation
 * frame, the tick is moved by 4 ms. The margin is ours: without it the shift flutters where the
 * framesync trembles around a threshold, and each flutter is the very stutter it is to prevent.
 */

const REFERENCE_PERIOD_MS = 1000 / 60;
const LEAST_MS = 2;
const MOST_MS = 15;
const SHIFT_MS = 4;
/** How far inside the safe region the tick must be before the shift is taken off again. */
const MARGIN_MS = 1;
/** Without animation frames for so long (a hidden page), there is nothing to keep away from. */
const STALE_MS = 500;
/** Periods outside are a page's hiccups, not displays. */
const LEAST_PERIOD_MS = 2;
const MOST_PERIOD_MS = 50;

export class Synctick {
  private animationMs = Number.NEGATIVE_INFINITY;
  private displayPeriodMs = REFERENCE_PERIOD_MS;
  private isShifted = false;
  private lastFramesyncMs = 0;

  /** Note an animation frame: its time, and the period of the display. */
  noteAnimation(timeMs: number, periodMs: number): void {
    if (timeMs > this.animationMs) this.animationMs = timeMs;
    if (periodMs >= LEAST_PERIOD_MS && periodMs <= MOST_PERIOD_MS) this.displayPeriodMs = periodMs;
  }

  /** Decide about a tick due at this time; returns by how much to put it off. */
  shiftFor(dueMs: number): number {
    const sinceMs = dueMs - this.animationMs;
    if (!(sinceMs < STALE_MS)) {
      this.isShifted = false;
      return 0;
    }
    const period = this.displayPeriodMs;
    const scale = period / REFERENCE_PERIOD_MS;
    const framesync = ((sinceMs % period) + period) % period;
    const margin = this.isShifted ? MARGIN_MS : 0;
    this.lastFramesyncMs = framesync;
    this.isShifted =
      framesync < (LEAST_MS + margin) * scale || framesync > (MOST_MS - margin) * scale;
    return this.isShifted ? SHIFT_MS * scale : 0;
  }

  /** From the latest animation frame to the latest tick asked about. */
  get framesyncMs(): number {
    return this.lastFramesyncMs;
  }

  /** What was added to the latest tick. */
  get shiftMs(): number {
    return this.isShifted ? (SHIFT_MS * this.displayPeriodMs) / REFERENCE_PERIOD_MS : 0;
  }

  /** Refresh rate of the display; 0 while the page draws nothing. */
  displayRateHz(nowMs: number): number {
    return nowMs - this.animationMs < STALE_MS ? 1000 / this.displayPeriodMs : 0;
  }
}
