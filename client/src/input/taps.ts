/**
 * No tap is too short for a slow game.
 *
 * The game looks at what is held once per frame. At a few frames a second a key is often let go before the
 * next look. So what was told stays until a frame has been made with it; what came in between is told then.
 */

/** From the page to the worker's next look, in ms; a frame due sooner may not know of it yet. */
const HANDOVER_MS = 4;
/** People hold a key for at least this long, in ms: games with shorter frames see it anyway. */
const SHORTEST_TAP_MS = 40;

export class Taps {
  private readonly isSlow: boolean;
  private told: number;
  private toldMs = Number.NEGATIVE_INFINITY;
  private isSeen = true;
  private next: number | null = null;

  constructor(
    frameRateHz: number,
    private readonly noop: number,
    private readonly tell: (action: number) => void,
  ) {
    this.isSlow = 1000 / frameRateHz > SHORTEST_TAP_MS;
    this.told = noop;
  }

  /** An action is held from now on. */
  hold(action: number, nowMs: number): void {
    const waits = this.isSlow && !this.isSeen && this.told !== this.noop;
    if (waits) this.next = action;
    else this.pass(action, nowMs);
  }

  /** A frame was made that had been due at `dueMs`. */
  noteFrame(dueMs: number, nowMs: number): void {
    if (dueMs < this.toldMs + HANDOVER_MS) return;
    this.isSeen = true;
    if (this.next !== null) this.pass(this.next, nowMs);
  }

  private pass(action: number, nowMs: number): void {
    this.next = null;
    if (action === this.told) return;
    this.told = action;
    this.toldMs = nowMs;
    this.isSeen = false;
    this.tell(action);
  }
}
