/** Adds to the session's figures what only the worker knows. */

import type { StatisticsMessage } from "../shared/messages";
import { type SessionFigures, worstPeer } from "./figures";
import type { Links } from "./links";
import { RatePerSecond } from "./rate";
import type { RelaySocket } from "./relay_socket";
import type { Synctick } from "./synctick";

export class StatisticsKeeper {
  private readonly frames = new RatePerSecond();
  private ticks = 0;
  private ticksMs = 0;
  private lateMs = 0;

  constructor(
    private readonly links: Links,
    private readonly relay: RelaySocket,
    private readonly synctick: Synctick,
    private readonly practice: boolean,
  ) {}

  /** Note a call into Python: how long it took, and how late it came. */
  noteTick(durationMs: number, lateMs: number): void {
    this.ticks += 1;
    this.ticksMs += durationMs;
    this.lateMs = lateMs;
  }

  noteFrame(nowMs: number): void {
    this.frames.add(1, nowMs);
  }

  message(figures: SessionFigures, nowMs: number, wasmMemoryBytes: number): StatisticsMessage {
    const { links, relay, synctick } = this;
    const tickMs = this.ticks > 0 ? this.ticksMs / this.ticks : 0;
    this.ticks = 0;
    this.ticksMs = 0;
    return {
      type: "statistics",
      timeMs: nowMs,
      practice: this.practice,
      ...figures,
      ...worstPeer(figures.peers),
      framesyncMs: synctick.framesyncMs,
      synctickMs: synctick.shiftMs,
      displayRateHz: synctick.displayRateHz(nowMs),
      gameRateHz: this.frames.read(nowMs),
      bytesPerSecondIn: links.bytesIn.read(nowMs),
      bytesPerSecondOut: links.bytesOut.read(nowMs),
      packetsPerSecondIn: links.packetsIn.read(nowMs),
      packetsPerSecondOut: links.packetsOut.read(nowMs),
      tickMs,
      tickLateMs: this.lateMs,
      datagramsSkipped: links.datagramsSkipped + relay.skipped,
      wasmMemoryBytes,
    };
  }
}
