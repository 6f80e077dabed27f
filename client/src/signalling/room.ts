/** What the server says about rooms, over Socket.IO; names as on the wire. */

import type { GameOptions, InputDelay, MatchDescription } from "../shared/messages";

export interface RoomState {
  code: string;
  seats: { peer: number; connected: boolean }[];
  seats_total: number;
  state: "open" | "playing" | "closed";
  options: GameOptions;
  input_delay: InputDelay;
  /** Our own peer id. */
  you: number;
}

export interface RoomRequest {
  options: GameOptions;
  input_delay: InputDelay;
  /** Left out: the server's choice. */
  checksum_interval_frames?: number;
}

export interface ErrorReply {
  ok: false;
  error: { code: string; message: string };
}
export interface EntryReply {
  ok: true;
  token: string;
  room: RoomState;
}
export interface IceServersReply {
  ok: true;
  ice_servers: RTCIceServer[];
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

export interface ServerToClient {
  room: (room: RoomState) => void;
  match: (match: MatchDescription) => void;
  signal: (signal: Signal) => void;
  closed: (reason: { code: string; message: string }) => void;
}

type Reply<Good> = (reply: Good | ErrorReply) => void;

export interface ClientToServer {
  create_room: (request: RoomRequest & { version: string }, reply: Reply<EntryReply>) => void;
  join_room: (request: { version: string; code: string }, reply: Reply<EntryReply>) => void;
  quick_match: (request: { version: string }, reply: Reply<EntryReply>) => void;
  resume: (request: { token: string }, reply: Reply<EntryReply>) => void;
  ice_servers: (request: { token: string }, reply: Reply<IceServersReply>) => void;
  signal: (
    request: { token: string; to: number; kind: SignalKind; payload: unknown },
    reply: Reply<PlainReply>,
  ) => void;
  leave: (request: { token: string }, reply: Reply<PlainReply>) => void;
}
