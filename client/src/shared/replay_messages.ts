/**
 * Messages between the page and the worker about replays: what is recorded of a match while it is played,
 * and a replay that is watched. Positions count the frames of all episodes of a replay in one line.
 */

import type { EffectNews } from "./messages";

/** The next piece of what is recorded of the match that is played; together they are the file. */
export interface ReplayPieceMessage {
  readonly type: "replay_piece";
  readonly matchId: string;
  readonly peer: number;
  readonly data: ArrayBuffer;
  /** Nothing follows: the record is sealed. */
  readonly isLast: boolean;
}

/** Watch this replay instead of what was played or watched; answered by `replay_opened`. */
export interface ReplayOpenMessage {
  readonly type: "replay_open";
  /** The file; transferred. */
  readonly bytes: ArrayBuffer;
}

/** What a position's picture is to show; a newer wish replaces one that is not fulfilled yet. */
export interface ReplayShowMessage {
  readonly type: "replay_show";
  readonly position: number;
  /** The player whose view is drawn. */
  readonly player: number;
  /** The effects on the way are to be heard. */
  readonly isHeard: boolean;
}

export interface ReplayOpenedMessage {
  readonly type: "replay_opened";
  /** Why it cannot be played; empty when it can. */
  readonly problem: string;
  /** Null when it cannot be played. */
  readonly replay: ReplayDescription | null;
}

/** The answer to the newest wish. */
export interface ReplayShownMessage {
  readonly type: "replay_shown";
  readonly position: number;
  readonly episode: number;
  readonly frame: number;
  readonly player: number;
  /** Binary display list; transferred. */
  readonly list: ArrayBuffer;
  readonly effects: EffectNews;
  /** Positions at which the state has turned out not to be the recorded one; each is told once. */
  readonly differing: readonly number[];
}

/** A far position takes its time: how far it is. */
export interface ReplaySeekingMessage {
  readonly type: "replay_seeking";
  readonly position: number;
}

/** The newest wish cannot be fulfilled. */
export interface ReplayStuckMessage {
  readonly type: "replay_stuck";
  readonly problem: string;
}

export interface ReplayEpisode {
  readonly number: number;
  /** Position of its first frame. */
  readonly start: number;
  /** Position of its last frame. */
  readonly last: number;
  /** 0, or later for somebody who came. */
  readonly firstFrame: number;
  /** Whether the game ended; else the match did. */
  readonly hasEnd: boolean;
}

/** Something on the time line. */
export interface ReplayMark {
  readonly kind:
    | "episode"
    | "cut"
    | "join"
    | "desync"
    | "repair"
    | "silence"
    | "lost"
    | "left"
    | "excluded";
  readonly position: number;
  readonly number?: number;
  readonly player?: number;
  readonly peer?: number;
}

/** Who runs a seat from a position on. */
export interface ReplaySeat {
  readonly player: number;
  readonly position: number;
  /** -1 for nobody. */
  readonly peer: number;
  readonly isAgent: boolean;
}

/** What the writer counted since the sample before, about a second. */
export interface ReplaySample {
  readonly position: number;
  readonly rollbacks: number;
  readonly rollbackFrames: number;
  readonly stalls: number;
  /** Round trip to each peer. */
  readonly rttsMs: Readonly<Record<string, number>>;
}

/** What `ReplayHost.open` says of a replay. */
export interface ReplayDescription {
  readonly matchId: string;
  /** The peer that wrote it, and the player whose seat it had. */
  readonly peer: number;
  readonly player: number;
  /** ISO 8601; empty if unknown. */
  readonly started: string;
  readonly name: string;
  readonly agents: readonly string[];
  readonly screen: readonly [number, number];
  readonly frameRateHz: number;
  readonly frames: number;
  readonly durationMs: number;
  /** Why it ends; null if it was torn off. */
  readonly reason: string | null;
  readonly bytes: number;
  readonly soundBytes: number;
  /** What may make it look otherwise here than it was. */
  readonly hints: readonly string[];
  readonly positions: number;
  readonly episodes: readonly ReplayEpisode[];
  readonly marks: readonly ReplayMark[];
  readonly seats: readonly ReplaySeat[];
  readonly samples: readonly ReplaySample[];
}

export type ReplayToWorker = ReplayOpenMessage | ReplayShowMessage;

export type ReplayFromWorker =
  | ReplayPieceMessage
  | ReplayOpenedMessage
  | ReplayShownMessage
  | ReplaySeekingMessage
  | ReplayStuckMessage;
