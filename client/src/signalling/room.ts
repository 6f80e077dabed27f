/** What the server says about rooms, over Socket.IO; names as on the wire. */

import type { GameOptions, InputDelay, MatchDescription } from "../shared/messages";

/** What becomes of a seat in which nobody sits: the match ends, it does nothing, the computer plays. */
export type Absent = "end" | "noop" | "agent";

/** Somebody in a room. */
export interface RoomPerson {
  /** Number of the stay in this room; whoever comes later has another. */
  sitting: number;
  /** Peer id in the match; null before it, and while there is no way back into it. */
  peer: number | null;
  connected: boolean;
}

export interface RoomSeat extends RoomPerson {
  seat: number;
  ready: boolean;
  is_host: boolean;
}

export interface RoomState {
  code: string;
  state: "open" | "playing" | "closed";
  seats_total: number;
  /** Those taken, lowest first. */
  seats: RoomSeat[];
  spectators: RoomPerson[];
  /** Our own peer id. */
  you: number | null;
  /** Our own. */
  sitting: number;
  /** Our own; null when we watch. */
  seat: number | null;
  is_quick: boolean;
  options: GameOptions;
  input_delay: InputDelay;
  prediction_window: number;
  absent: Absent;
  grace_s: number;
}

export interface RoomRequest {
  options: GameOptions;
  input_delay: InputDelay;
  prediction_window: number;
  /** Left out: what is usual for the game. */
  absent?: Absent;
  /** Left out: what is usual. */
  grace_s?: number;
  /** Left out: the server's choice. */
  checksum_interval_frames?: number;
}

/** Somebody has come to the match while it runs. */
export interface Newcomer {
  peer: number;
  /** The seat wanted; null watches. */
  seat: number | null;
  /** The pairs of this peer that connect directly. */
  offers: readonly (readonly [number, number])[];
}

/** What the server has decided about one half of a match that fell apart. */
export interface Decision {
  epoch: number;
  group: readonly number[];
  is_granted: boolean;
}

export interface ErrorReply {
  ok: false;
  error: { code: string; message: string };
}
export interface EntryReply {
  ok: true;
  token: string;
  room: RoomState;
  /** Once it has begun. */
  match: MatchDescription | null;
}
export interface IceServersReply {
  ok: true;
  ice_servers: RTCIceServer[];
}
export interface RelayTokenReply {
  ok: true;
  relay: { path: string; token: string };
}
export interface PlainReply {
  ok: true;
}

export type SignalKind = "description" | "candidate" | "restart";

/** A description or candidate of another peer, untouched: ICE passwords contain `+`. */
export interface Signal {
  from: number;
  kind: SignalKind;
  payload: unknown;
}

/** Why nobody is behind a peer id any more; of one who is `lost`, only the server says so. */
export type Departure = "left" | "lost" | "replaced" | "removed";

export interface ServerToClient {
  room: (room: RoomState) => void;
  match: (match: MatchDescription) => void;
  peer: (newcomer: Newcomer) => void;
  gone: (departed: { peer: number; reason: Departure }) => void;
  signal: (signal: Signal) => void;
  decision: (decision: Decision) => void;
  closed: (reason: { code: string; message: string }) => void;
}

type Reply<Good> = (reply: Good | ErrorReply) => void;

export interface ClientToServer {
  create_room: (request: RoomRequest & { version: string }, reply: Reply<EntryReply>) => void;
  join_room: (
    request: { version: string; code: string; watch: boolean },
    reply: Reply<EntryReply>,
  ) => void;
  quick_match: (request: { version: string }, reply: Reply<EntryReply>) => void;
  resume: (request: { token: string; rejoin: boolean }, reply: Reply<EntryReply>) => void;
  ready: (request: { token: string; ready: boolean }, reply: Reply<PlainReply>) => void;
  start: (request: { token: string }, reply: Reply<PlainReply>) => void;
  kick: (request: { token: string; sitting: number }, reply: Reply<PlainReply>) => void;
  ice_servers: (request: { token: string }, reply: Reply<IceServersReply>) => void;
  relay_token: (request: { token: string }, reply: Reply<RelayTokenReply>) => void;
  signal: (
    request: { token: string; to: number; kind: SignalKind; payload: unknown },
    reply: Reply<PlainReply>,
  ) => void;
  arbitrate: (
    request: { token: string; epoch: number; group: number[]; members?: number[] },
    reply: Reply<PlainReply>,
  ) => void;
  leave: (request: { token: string }, reply: Reply<PlainReply>) => void;
}
