/**
 * Shows a replay in the worker: Python's `ReplayHost` goes to the position that is wanted, in slices, so
 * that a newer wish is heard at once and replaces the one before.
 */

import type { PyBuffer, PyProxy } from "pyodide/ffi";
import type { EffectNews } from "../shared/messages";
import type {
  ReplayDescription,
  ReplayFromWorker,
  ReplayOpenMessage,
  ReplayShowMessage,
  ReplayToWorker,
} from "../shared/replay_messages";
import { fillBytes, takeBytes } from "./python_bytes";

/** How long Python works before newer wishes are looked at, in ms. */
const SLICE_MS = 12;
/** Frames in one call into Python; a call costs a few microseconds, a frame up to milliseconds. */
const STEPS = 8;
/** Progress of a long way is told so often, in ms. */
const TELL_EVERY_MS = 100;

export interface ReplayEnvironment {
  readonly now: () => number;
  /** Let messages in before going on. */
  readonly rest: () => Promise<void>;
  readonly post: (message: ReplayFromWorker, transfer?: Transferable[]) => void;
}

/** The attributes and methods of Python's `ReplayPlayback` that are used. */
interface Playback extends PyProxy {
  readonly position: number;
  readonly episode: number;
  readonly frame: number;
  readonly problem: string;
  work(position: number, steps: number): boolean;
  picture(player: number): PyProxy;
  effects(): string;
  take_differing(): string;
}

export class ReplayPlayer {
  private playback: Playback | null = null;
  private wanted: ReplayShowMessage | null = null;
  private isBusy = false;

  /** @param openHost Makes a `ReplayHost` in Python. */
  constructor(
    private readonly openHost: () => PyProxy,
    private readonly environment: ReplayEnvironment,
  ) {}

  handle(message: ReplayToWorker): void {
    if (message.type === "replay_open") this.open(message);
    else this.show(message);
  }

  private open({ bytes }: ReplayOpenMessage): void {
    this.playback?.destroy();
    this.playback = null;
    this.wanted = null;
    const host = this.openHost();
    host.allocate(bytes.byteLength);
    fillBytes(host.buffer as PyBuffer, new Uint8Array(bytes));
    const { problem, ...described } = JSON.parse(host.open());
    // A copy: what is read from a proxy dies with it.
    if (problem === "") this.playback = host.playback.copy() as Playback;
    host.destroy();
    const replay = problem === "" ? (described as ReplayDescription) : null;
    this.environment.post({ type: "replay_opened", problem, replay });
  }

  private show(message: ReplayShowMessage): void {
    this.wanted = message;
    if (!this.isBusy) void this.work();
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    let toldMs = this.environment.now();
    try {
      while (this.wanted !== null && this.playback !== null) {
        const { wanted, playback } = this;
        const hasArrived = this.workSlice(playback, wanted);
        if (hasArrived) {
          this.wanted = null;
          this.tell(playback, wanted);
        } else if (this.environment.now() - toldMs >= TELL_EVERY_MS) {
          toldMs = this.environment.now();
          this.environment.post({ type: "replay_seeking", position: playback.position });
        }
        if (!hasArrived) await this.environment.rest();
      }
    } catch (error) {
      this.wanted = null;
      const problem = error instanceof Error ? error.message : String(error);
      this.environment.post({ type: "replay_stuck", problem });
    } finally {
      this.isBusy = false;
    }
  }

  private workSlice(playback: Playback, { position }: ReplayShowMessage): boolean {
    const untilMs = this.environment.now() + SLICE_MS;
    do {
      if (playback.work(position, STEPS)) return true;
    } while (this.environment.now() < untilMs);
    return false;
  }

  private tell(playback: Playback, { player, isHeard }: ReplayShowMessage): void {
    const { problem, position, episode, frame } = playback;
    if (problem !== "") {
      this.environment.post({ type: "replay_stuck", problem });
      return;
    }
    const list = takeBytes(playback.picture(player));
    // Taken in any case: what is not to be heard now is not to be heard later.
    const effects = JSON.parse(playback.effects()) as EffectNews;
    const differing = JSON.parse(playback.take_differing()) as number[];
    this.environment.post(
      {
        type: "replay_shown",
        position,
        episode,
        frame,
        player,
        list,
        effects: isHeard ? effects : { started: [], stopped: [], confirmed: [] },
        differing,
      },
      [list],
    );
  }
}
