/**
 * Calls the host when it wants to be called.
 *
 * The host names an absolute time, so a timer that fires late does not make the next one late. A
 * worker's timers go on in hidden pages, where those of the page fall to one a second.
 */

/** What the host wants next. */
export interface Wake {
  /** When, in ms on the ticker's clock; Infinity: only when woken. */
  readonly atMs: number;
  /** Whether that is for a frame, which synctick may put off. */
  readonly isFrame: boolean;
  /** Whether an episode runs, so that the next frame is near. */
  readonly isPlaying: boolean;
  /** Whether to call again at once. */
  readonly more: boolean;
}

export interface TickerEnvironment {
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => number;
  readonly clearTimer: (timer: number) => void;
  /** By how much to put off a frame that is due at this time. */
  readonly shiftFor: (dueMs: number) => number;
}

/** Longest sleep: setTimeout takes 31 bits, and a call a second costs nothing. */
const LONGEST_SLEEP_MS = 1000;
/** Calls in a row without giving other events a chance. */
const MOST_IN_A_ROW = 16;

export class Ticker {
  private timer: number | null = null;
  private isRunning = false;
  private isInCall = false;
  private isWoken = false;
  /** When the pending call is asked for; NaN when none is. */
  private askedMs = Number.NaN;
  /** How late the latest timed call came. */
  lateMs = 0;

  constructor(
    private readonly environment: TickerEnvironment,
    private readonly call: (nowMs: number) => Wake,
  ) {}

  start(): void {
    this.isRunning = true;
    this.wake();
  }

  stop(): void {
    this.isRunning = false;
    this.cancel();
  }

  /** Call as soon as possible: something arrived that should not wait for the timer. */
  wake(): void {
    this.isWoken = true;
    if (this.isRunning && !this.isInCall) this.schedule(this.environment.now());
  }

  private schedule(atMs: number): void {
    this.cancel();
    this.askedMs = atMs;
    const delayMs = Math.min(Math.max(atMs - this.environment.now(), 0), LONGEST_SLEEP_MS);
    this.timer = this.environment.setTimer(() => this.fire(), delayMs);
  }

  private cancel(): void {
    if (this.timer !== null) this.environment.clearTimer(this.timer);
    this.timer = null;
  }

  private fire(): void {
    this.timer = null;
    if (!this.isRunning) return;
    this.lateMs = Math.max(0, this.environment.now() - this.askedMs);
    this.isInCall = true;
    let wake: Wake;
    try {
      wake = this.callUntilDone();
    } finally {
      this.isInCall = false;
    }
    if (!this.isRunning) return;
    if (this.isWoken) this.schedule(this.environment.now());
    else this.schedule(wake.atMs + (wake.isFrame ? this.environment.shiftFor(wake.atMs) : 0));
  }

  private callUntilDone(): Wake {
    this.isWoken = false;
    let wake = this.call(this.environment.now());
    for (let calls = 1; wake.more && calls < MOST_IN_A_ROW; calls += 1) {
      wake = this.call(this.environment.now());
    }
    return wake.more ? { ...wake, atMs: this.environment.now(), isFrame: false } : wake;
  }
}
