/**
 * Where the playback is, in time: a position that moves by itself while it plays.
 *
 * Law: it never runs ahead of what is shown by more than `MOST_AHEAD_S`; on a machine that cannot follow, it
 * plays slower rather than in leaps.
 */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;

/** A page that was hidden does not make up for what it has missed, in ms. */
const LONGEST_STEP_MS = 100;
const MOST_AHEAD_S = 0.25;

export class PlaybackClock {
  isPlaying = false;
  speed = 1;
  private exact = 0;

  /**
   * @param frameRateHz Positions in a second at speed 1.
   * @param last The last position.
   */
  constructor(
    private readonly frameRateHz: number,
    readonly last: number,
  ) {}

  get position(): number {
    return Math.floor(this.exact);
  }

  /** Go to a position; returns the one that there is. */
  seek(position: number): number {
    this.exact = Math.max(0, Math.min(this.last, Math.round(position)));
    return this.position;
  }

  /** Begin to play, from the beginning if it is at the end. */
  play(): void {
    if (this.position >= this.last) this.seek(0);
    this.isPlaying = true;
  }

  pause(): void {
    this.isPlaying = false;
    this.exact = this.position;
  }

  /** Let time pass; `shown` is the position that is seen. Pauses at the end. */
  advance(elapsedMs: number, shown: number): void {
    if (!this.isPlaying) return;
    const perS = this.frameRateHz * this.speed;
    const moved = this.exact + (Math.min(elapsedMs, LONGEST_STEP_MS) / 1000) * perS;
    const most = Math.max(this.exact, shown + Math.max(1, MOST_AHEAD_S * perS));
    this.exact = Math.min(moved, most, this.last);
    if (this.exact >= this.last && shown >= this.last) this.pause();
  }
}
