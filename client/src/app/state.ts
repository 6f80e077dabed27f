/** What the page knows and shows. Numbers of the running match are kept apart, in the statistics panel. */

import type { RecordState } from "../record/live_record";
import type { RecordRow } from "../record/record_store";
import type {
  BootStage,
  GameOptions,
  MatchDescription,
  StatisticsMessage,
} from "../shared/messages";
import type { RoomState } from "../signalling/room";
import type { Desync } from "./desync";
import type { GameDescription } from "./game_description";
import type { Problem } from "./problems";
import type { Screen } from "./screens";

export interface PythonState {
  stage: BootStage | null;
  /** 0 to 1. */
  fraction: number;
  isReady: boolean;
  /** Why it could not be loaded; null while that is not so. */
  failure: string | null;
}

/** Nothing is heard of another player. Times are on the page's clock. */
export interface Interruption {
  silentSinceMs: number;
  endsAtMs: number;
  /** Of whom. */
  peer: number;
}

/** Why and how a match or episode came to its end. */
export interface Outcome {
  title: string;
  sentence: string;
  canRematch: boolean;
  /** The others play on, and we may come back to them. */
  canRejoin?: boolean;
}

export interface Impairment {
  delayMs: number;
  jitterMs: number;
  lossPercent: number;
}

export interface AppState {
  screen: Screen;
  game: GameDescription | null;
  python: PythonState;
  problem: Problem | null;
  /** A request to the server is under way; the lobby's buttons wait for it. */
  isAsking: boolean;
  /** A code to start with in the lobby's field: from the link, or after a refusal. */
  joinCode: string;
  room: RoomState | null;
  /** The link that leads into the room; empty without one. */
  link: string;
  isServerConnected: boolean;
  /** No player learns the address of another. */
  hidesAddresses: boolean;
  /** We only watch. */
  isWatching: boolean;
  /** Seats whose players are on their way into the match, by seat. */
  coming: readonly number[];
  /** Seat → number of the sitting that was there when its player was lost. */
  cutSittings: Readonly<Record<number, number>>;
  /** Options and seat of what the court shows: of the practice or of the match. */
  options: GameOptions;
  localSeat: number;
  /** Whose view of the court is shown to us, if we only watch. */
  viewedSeat: number;
  /** Colour of each seat on the court, `#rrggbb`; empty while unknown. */
  seatColours: readonly string[];
  match: MatchDescription | null;
  /** Another player has been reached, directly or over the relay. */
  isLinked: boolean;
  /** What keeps STUN and TURN servers from helping, in sentences. */
  iceTroubles: readonly string[];
  episode: number;
  interruption: Interruption | null;
  /** For each peer, why it is reached by the way that is in use. */
  routeReasons: Readonly<Record<number, string>>;
  /** A sentence to be read while the game goes on; empty without one. */
  notice: string;
  /** Nothing is wrong: the sentence only tells who came and who went, and goes by itself. */
  isNoticeNews: boolean;
  /** What went apart in this match, oldest first; an episode with one is not clean. */
  desyncs: readonly Desync[];
  /** There is something to be read that has not been closed. */
  isNoticeOpen: boolean;
  outcome: Outcome | null;
  /** How the latest of the others went, in case the match ends with that. */
  departure: Outcome | null;
  /** We have asked for a rematch. */
  isReady: boolean;
  /** The newest episode that the other player asked for; -1 before. */
  remoteReadyEpisode: number;
  statistics: StatisticsMessage | null;
  isMirrored: boolean;
  isMuted: boolean;
  isPanelOpen: boolean;
  /** The list of who is in the room. */
  isPeopleOpen: boolean;
  impairment: Impairment;
  /** How it stands with the record of this match, or of the last one. */
  record: RecordState;
  /** Records of earlier matches that the server has refused for good. */
  leftovers: readonly RecordRow[];
}

export const INITIAL_STATE: AppState = {
  screen: "loading",
  game: null,
  python: { stage: null, fraction: 0, isReady: false, failure: null },
  problem: null,
  isAsking: false,
  joinCode: "",
  room: null,
  link: "",
  isServerConnected: true,
  hidesAddresses: false,
  isWatching: false,
  coming: [],
  cutSittings: {},
  options: {},
  localSeat: 0,
  viewedSeat: 0,
  seatColours: [],
  match: null,
  isLinked: false,
  iceTroubles: [],
  episode: 0,
  interruption: null,
  notice: "",
  isNoticeNews: false,
  desyncs: [],
  routeReasons: {},
  isNoticeOpen: false,
  outcome: null,
  departure: null,
  isReady: false,
  remoteReadyEpisode: -1,
  statistics: null,
  isMirrored: false,
  isMuted: false,
  isPanelOpen: false,
  isPeopleOpen: false,
  impairment: { delayMs: 0, jitterMs: 0, lossPercent: 0 },
  record: { name: "none" },
  leftovers: [],
};

/** What is true of every match before it begins. */
export const BEFORE_MATCH = {
  isWatching: false,
  viewedSeat: 0,
  coming: [],
  cutSittings: {},
  isLinked: false,
  iceTroubles: [],
  episode: 0,
  interruption: null,
  notice: "",
  isNoticeNews: false,
  desyncs: [],
  isNoticeOpen: false,
  outcome: null,
  departure: null,
  isReady: false,
  remoteReadyEpisode: -1,
  statistics: null,
} satisfies Partial<AppState>;
