/**
 * Makes the network worse on purpose: the sliders of the statistics panel, and tests.
 *
 * It stands between the channels and the host, in both directions, so what is added each way
 * counts once on the way out and once on the way in of this worker. On `input`, datagrams are
 * delayed, overtake each other and get lost. On the reliable channels a loss is a delay instead,
 * and all that comes later waits behind it, as a retransmission would have it.
 */

export interface ImpairmentSettings {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
}

export const UNIMPAIRED: ImpairmentSettings = { delayMs: 0, jitterMs: 0, lossPercent: 0 };

/** A retransmission takes a round trip and the time until the loss is noticed. */
const NOTICE_LOSS_MS = 30;
/** Items under way in one direction; beyond, datagrams are dropped. */
const MOST_UNDER_WAY = 4096;

/** Numbers in [0, 1), the same for the same seed (Marsaglia, "Xorshift RNGs", 2003; 13, 17, 5). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0 || 1; // zero is the one state it never leaves
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface Item {
  readonly dueMs: number;
  readonly deliver: () => void;
}

export interface ImpairmentEnvironment {
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => number;
  readonly clearTimer: (timer: number) => void;
}

/** One direction of the network. */
export class Impairment {
  private settings = UNIMPAIRED;
  private readonly underWay: Item[] = []; // by due time, the same time in order
  private readonly lastDueMs = new Map<string, number>();
  private timer: number | null = null;

  constructor(
    private readonly environment: ImpairmentEnvironment,
    private readonly random: () => number,
  ) {}

  configure(settings: ImpairmentSettings): void {
    this.settings = settings;
  }

  /**
   * Pass an item on, at once or later or, if it is not `ordered`, perhaps never.
   *
   * `lane` names what must keep its order among itself, such as a peer's channel.
   */
  pass(lane: string, ordered: boolean, deliver: () => void): void {
    const nowMs = this.environment.now();
    const isLost = this.random() * 100 < this.settings.lossPercent;
    if (isLost && !ordered) return;
    const { delayMs, jitterMs } = this.settings;
    let dueMs = nowMs + Math.max(0, delayMs + (this.random() * 2 - 1) * jitterMs);
    if (isLost) dueMs += 2 * delayMs + NOTICE_LOSS_MS;
    if (ordered) {
      dueMs = Math.max(dueMs, this.lastDueMs.get(lane) ?? dueMs);
      this.lastDueMs.set(lane, dueMs);
    }
    if (dueMs <= nowMs) deliver();
    else if (ordered || this.underWay.length < MOST_UNDER_WAY) this.insert(dueMs, deliver);
  }

  /** Forget what is under way. */
  clear(): void {
    this.underWay.length = 0;
    this.lastDueMs.clear();
    this.arm();
  }

  private insert(dueMs: number, deliver: () => void): void {
    const item = { dueMs, deliver };
    let at = this.underWay.length;
    while (at > 0 && (this.underWay[at - 1]?.dueMs ?? 0) > dueMs) at -= 1;
    this.underWay.splice(at, 0, item);
    if (at === 0) this.arm();
  }

  private arm(): void {
    if (this.timer !== null) this.environment.clearTimer(this.timer);
    this.timer = null;
    const first = this.underWay[0];
    if (first === undefined) return;
    const delayMs = Math.max(0, first.dueMs - this.environment.now());
    this.timer = this.environment.setTimer(() => this.deliverDue(), delayMs);
  }

  private deliverDue(): void {
    this.timer = null;
    // Timers count whole milliseconds: half of one early is not early.
    const untilMs = this.environment.now() + 0.5;
    while ((this.underWay[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= untilMs) {
      this.underWay.shift()?.deliver();
    }
    this.arm();
  }
}
