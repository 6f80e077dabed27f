/**
 * When the path between two pages is to be sought anew.
 *
 * ICE sees for itself that a path has died, but takes 5 s to doubt and 15 s to be sure, and it does not look
 * for a better one. So a new search begins when the path has been in doubt for a moment, when it has failed,
 * and when the machine's network changed. While searches fail they become rarer, but never end: a match
 * goes on over the relay meanwhile, and the direct path may come back after any time.
 *
 * Glare is impossible: only the peer that the room named makes offers; the other one asks it to.
 */

/** A path that drops packets for this long is not waited for. A change of Wi-Fi cell takes less. */
export const DOUBT_MS = 1500;
/** Interfaces come and go in bursts while a machine changes its network. */
export const SETTLE_MS = 500;
/** Until a search has had its chance; in good networks it takes 0.6 s, in bad ones 2 to 3 s. */
export const FIRST_WAIT_MS = 3000;
export const LONGEST_WAIT_MS = 30_000;

export class IceRestarts {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waitMs = FIRST_WAIT_MS;
  private isClosed = false;
  private isConnected = false;
  private ranMs = Number.NEGATIVE_INFINITY;

  /** @param restart Begin a search, or ask the other side to. */
  constructor(private readonly restart: () => void) {}

  /** The connection's state is another one. */
  noteState(state: RTCPeerConnectionState): void {
    this.isConnected = state === "connected";
    if (this.isConnected) {
      this.waitMs = FIRST_WAIT_MS;
      clearTimeout(this.timer);
    } else if (state === "disconnected") {
      this.schedule(DOUBT_MS);
    } else if (state === "failed") {
      this.schedule(0);
    }
  }

  /** The machine may be in another network now. */
  noteNetworkChange(): void {
    this.waitMs = FIRST_WAIT_MS;
    this.schedule(SETTLE_MS);
  }

  /**
   * The other side asks for a search. Each takes paths at the TURN server, of which we have so many: whoever asks
   * without end gets no more than one at a time, and asks again by himself if it was in vain.
   */
  noteAsked(): void {
    if (performance.now() - this.ranMs >= FIRST_WAIT_MS) this.schedule(0);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private schedule(inMs: number): void {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), inMs);
  }

  private run(): void {
    this.ranMs = performance.now();
    this.restart();
    this.timer = setTimeout(() => {
      // A search beside a path that works leaves no trace in the state.
      if (!this.isConnected) this.run();
    }, this.waitMs);
    this.waitMs = Math.min(2 * this.waitMs, LONGEST_WAIT_MS);
  }
}

/** Tell when the machine may have changed its network. Returns what ends it. */
export function watchNetwork(onChange: () => void): () => void {
  const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
  let type = network?.type;
  const note = (): void => {
    // Estimates of speed change all the time, and are announced by the same event.
    if (network?.type === type) return;
    type = network?.type;
    onChange();
  };
  network?.addEventListener("change", note);
  window.addEventListener("online", onChange);
  return () => {
    network?.removeEventListener("change", note);
    window.removeEventListener("online", onChange);
  };
}
