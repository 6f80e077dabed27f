/**
 * `window.peergym`: what tests may look at.
 *
 * Read-only and a mirror: nothing on the page reads it, and writing to it changes nothing. All values are
 * copies of the moment at which they are asked for.
 *
 * - `screen`, `roomCode`, `link`, `problem` (code of the error shown, or null), `notice` (the words shown);
 * - `news`: the sentences about who came and who went that were shown so far, oldest first;
 * - `room`: the room as the server last told it, or null; `isWatching`; `coming`: seats of those coming back;
 * - `python`: `{isReady, how, durationMs}`; `localPeer`, `localSeat`, `episode`;
 * - `statistics`: the latest of the worker (see `StatisticsMessage`), or null;
 * - `checksums`: for each episode the confirmed checksums so far, `[frame, hex]`;
 * - `events`: the events of the session so far, each with its `timeMs`;
 * - `picture`: `{episode, frame, list}` of the newest frame, the display list in base64; null before;
 * - `framesReceived`: frames that came from the worker; `framesDrawn`: pictures painted;
 * - `effects`: how often each effect was started, confirmed ones included; `stoppedEffects`: how many
 *   were broken off because they never happened;
 * - `confirmed`: what was told as certain, `[episode, frame, name]`;
 * - `desyncs`: what went apart in this match (see `Desync`); an episode with one is not clean;
 * - `record`: how it stands with the record of the match (see `RecordState`);
 * - `iceTroubles`: what keeps STUN and TURN servers from helping, in sentences;
 * - `errors`: uncaught errors and rejections of the page;
 * - `selectedCandidatePairs()`: a promise of `{peer, local, remote, localType, remoteType}` with addresses as
 *   `ip:port` and types as ICE names them;
 * - `recording()`: a promise of the flight recording in base64, or null (`?record`);
 * - `replay()`: a promise of the record of the match so far in base64, or null;
 * - `desyncDump()`: a promise of the file about the latest desync in base64, or null without one.
 */

import type { BootedMessage, EffectNews, FrameMessage, SessionEvent } from "../shared/messages";
import { toBase64 } from "./base64";
import type { CandidatePair } from "./links";
import { sayNotice } from "./notice";
import type { AppState } from "./state";

/** Bounds for pages that stay open for days. */
const MOST_EVENTS = 2000;
const MOST_CHECKSUMS = 100_000;
const MOST_ERRORS = 100;
const MOST_CONFIRMED = 10_000;

export interface TestingSources {
  state: () => Readonly<AppState>;
  framesDrawn: () => number;
  selectedPairs: () => Promise<CandidatePair[]>;
  recording: () => Promise<string | null>;
  desyncDump: () => Promise<string | null>;
  replay: () => Promise<string | null>;
}

/** Collects what goes by and is not kept in the state. */
export class TestingRecord {
  framesReceived = 0;
  newest: FrameMessage | null = null;
  booted: BootedMessage | null = null;
  readonly events: { timeMs: number; event: SessionEvent }[] = [];
  readonly effects: Record<string, number> = {};
  readonly confirmed: (readonly [number, number, string])[] = [];
  stoppedEffects = 0;
  readonly errors: string[] = [];
  readonly news: string[] = [];
  private readonly checksums: Record<number, [number, string][]> = {};

  addEvent(timeMs: number, event: SessionEvent): void {
    this.events.push({ timeMs, event });
    if (this.events.length > MOST_EVENTS) this.events.shift();
  }

  addNews(sentence: string): void {
    this.news.push(sentence);
    if (this.news.length > MOST_EVENTS) this.news.shift();
  }

  addFrame(frame: FrameMessage): void {
    this.framesReceived += 1;
    this.newest = frame;
  }

  /** The newest frame as it is drawn. */
  picture(): { episode: number; frame: number; list: string } | null {
    if (this.newest === null) return null;
    const { episode, frame, list } = this.newest;
    return { episode, frame, list: toBase64(list) };
  }

  addEffects(episode: number, { started, stopped, confirmed }: EffectNews): void {
    for (const { name } of [...started, ...confirmed]) {
      this.effects[name] = (this.effects[name] ?? 0) + 1;
    }
    this.stoppedEffects += stopped.length;
    for (const { frame, name } of confirmed) {
      if (this.confirmed.length < MOST_CONFIRMED) this.confirmed.push([episode, frame, name]);
    }
  }

  addChecksums(episode: number, pairs: readonly (readonly [number, string])[]): void {
    const known = this.checksums[episode] ?? [];
    this.checksums[episode] = known;
    for (const [frame, checksum] of pairs)
      if (known.length < MOST_CHECKSUMS) known.push([frame, checksum]);
  }

  /** Another match counts its episodes from 0 again. */
  startMatch(): void {
    for (const episode of Object.keys(this.checksums)) delete this.checksums[Number(episode)];
    this.events.length = 0;
    this.confirmed.length = 0;
  }

  allChecksums(): Record<number, [number, string][]> {
    return this.checksums;
  }

  addError(error: unknown): void {
    const text = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
    if (this.errors.length < MOST_ERRORS) this.errors.push(text);
  }

  /** Note errors that nobody catches. */
  watch(target: Window): void {
    target.addEventListener("error", (event) => this.addError(event.error ?? event.message));
    target.addEventListener("unhandledrejection", (event) => this.addError(event.reason));
  }
}

function readers(record: TestingRecord, sources: TestingSources): Record<string, () => unknown> {
  const state = sources.state;
  return {
    screen: () => state().screen,
    room: () => state().room,
    isWatching: () => state().isWatching,
    coming: () => state().coming,
    roomCode: () => state().room?.code ?? null,
    link: () => state().link,
    problem: () => state().problem?.code ?? null,
    notice: () => sayNotice(state()),
    record: () => state().record,
    desyncs: () => state().desyncs,
    python: () => ({
      isReady: state().python.isReady,
      how: record.booted?.how ?? null,
      durationMs: record.booted?.durationMs ?? null,
    }),
    localPeer: () => state().room?.you ?? null,
    localSeat: () => state().localSeat,
    episode: () => state().episode,
    statistics: () => state().statistics,
    checksums: () => record.allChecksums(),
    events: () => record.events,
    picture: () => record.picture(),
    framesReceived: () => record.framesReceived,
    framesDrawn: () => sources.framesDrawn(),
    effects: () => record.effects,
    stoppedEffects: () => record.stoppedEffects,
    confirmed: () => record.confirmed,
    iceTroubles: () => state().iceTroubles,
    errors: () => record.errors,
    news: () => record.news,
  };
}

/** Put the mirror on the window. */
export function exposeTestingWindow(record: TestingRecord, sources: TestingSources): void {
  const mirror = {
    selectedCandidatePairs: () => sources.selectedPairs(),
    recording: () => sources.recording(),
    replay: () => sources.replay(),
    desyncDump: () => sources.desyncDump(),
  };
  for (const [name, read] of Object.entries(readers(record, sources))) {
    Object.defineProperty(mirror, name, { enumerable: true, get: () => structuredClone(read()) });
  }
  Object.defineProperty(window, "peergym", { value: Object.freeze(mirror) });
}
