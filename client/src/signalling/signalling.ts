/**
 * The connection to the server: rooms, and what peers tell each other before they are connected.
 *
 * Once in a room, a lost connection is taken up again by itself with the room's token. What was to be sent
 * meanwhile waits and follows in order; the match itself does not need the server and goes on.
 */

import { io, type Socket } from "socket.io-client";
import type { MatchDescription } from "../shared/messages";
import { dropToken, keepToken } from "./kept_token";
import type {
  ClientToServer,
  Decision,
  Departure,
  EntryReply,
  ErrorReply,
  Newcomer,
  RoomRequest,
  RoomState,
  ServerToClient,
  Signal,
  SignalKind,
} from "./room";
import { SignallingError } from "./signalling_error";

/** How long the server may take to answer, in ms. It answers within a few; this is for bad networks. */
const ANSWER_WITHIN_MS = 8000;

export interface SignallingHandlers {
  onRoom: (room: RoomState) => void;
  /** Once for each match and each peer id that we have in it. */
  onMatch: (match: MatchDescription, localPeer: number) => void;
  /** The same match was told again, with a fresh token for the relay. */
  onRelayToken: (token: string) => void;
  onNewcomer: (newcomer: Newcomer) => void;
  /** Nobody is behind this peer id any more. */
  onGone: (peer: number, reason: Departure) => void;
  onSignal: (signal: Signal) => void;
  onDecision: (decision: Decision) => void;
  /** The room exists no longer, or our place in it. */
  onClosed: (reason: { code: string; message: string }) => void;
  /** Whether the server can be reached just now. */
  onConnection: (isConnected: boolean) => void;
}

type EntryEvent = "create_room" | "join_room" | "quick_match" | "resume";
/** What waits while the server is away; all else is for now or never. */
type Posted =
  | { event: "signal"; fields: { to: number; kind: SignalKind; payload: unknown } }
  | { event: "arbitrate"; fields: { epoch: number; group: number[]; members?: number[] } };
type GameSocket = Socket<ServerToClient, ClientToServer>;

export class Signalling {
  private readonly socket: GameSocket;
  private token: string | null = null;
  private room: RoomState | null = null;
  /** The match that the handlers know, and as whom. */
  private told = "";
  /** Set while the server knows this connection as the holder of our token. */
  private isSeated = false;
  /** The match has gone on without us; what we knew of it is of no use. */
  private comesAnew = false;
  private outbox: Posted[] = [];

  constructor(
    private readonly version: string,
    private readonly handlers: SignallingHandlers,
  ) {
    this.socket = io({ transports: ["websocket"], autoConnect: false });
    this.socket.on("room", (room) => this.noteRoom(room));
    this.socket.on("match", (match) => this.noteMatch(match));
    this.socket.on("peer", handlers.onNewcomer);
    this.socket.on("gone", ({ peer, reason }) => handlers.onGone(peer, reason));
    this.socket.on("signal", handlers.onSignal);
    this.socket.on("decision", handlers.onDecision);
    this.socket.on("closed", (reason) => {
      this.forget();
      handlers.onClosed(reason);
    });
    this.socket.on("connect", () => void this.resume());
    this.socket.on("disconnect", () => {
      this.isSeated = false;
      handlers.onConnection(false);
    });
  }

  createRoom(request: RoomRequest): Promise<EntryReply> {
    return this.enter("create_room", { version: this.version, ...request });
  }

  joinRoom(code: string, watch: boolean): Promise<EntryReply> {
    return this.enter("join_room", { version: this.version, code, watch });
  }

  quickMatch(): Promise<EntryReply> {
    return this.enter("quick_match", { version: this.version });
  }

  /** Take the place of an earlier page of this tab, knowing nothing of its match. */
  comeBack(token: string): Promise<EntryReply> {
    return this.enter("resume", { token, rejoin: true });
  }

  /** Tell of a match that has begun, unless that was done. */
  noteMatch(match: MatchDescription): void {
    const peer = this.room?.you ?? null;
    const name = `${match.match_id} ${peer}`;
    if (peer === null) return;
    if (this.told === name) {
      if (match.relay) this.handlers.onRelayToken(match.relay.token);
      return;
    }
    this.told = name;
    this.handlers.onMatch(match, peer);
  }

  /** Come to the match anew: it has gone on without us. */
  rejoin(): void {
    this.isSeated = false;
    this.comesAnew = true;
    if (this.socket.connected) void this.resume();
  }

  setReady(ready: boolean): void {
    if (this.token !== null) this.socket.emit("ready", { token: this.token, ready }, ignore);
  }

  start(): void {
    if (this.token !== null) this.socket.emit("start", { token: this.token }, ignore);
  }

  kick(sitting: number): void {
    if (this.token !== null) this.socket.emit("kick", { token: this.token, sitting }, ignore);
  }

  /** Pass something on to another peer of the match. */
  signal(to: number, kind: SignalKind, payload: unknown): void {
    this.post({ event: "signal", fields: { to, kind, payload } });
  }

  /** Ask whether our half of the match may go on. */
  arbitrate(epoch: number, group: readonly number[], members?: readonly number[]): void {
    const asked = { epoch, group: [...group] };
    const fields = members === undefined ? asked : { ...asked, members: [...members] };
    this.post({ event: "arbitrate", fields });
  }

  /** Ask for ICE servers whose credentials have all their time before them; null without an answer. */
  async freshIceServers(): Promise<readonly RTCIceServer[] | null> {
    const token = this.token;
    if (token === null || !this.isSeated) return null;
    try {
      const asking = this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck("ice_servers", { token });
      const reply = await asking;
      return reply.ok ? reply.ice_servers : null;
    } catch {
      return null;
    }
  }

  /** The relay has refused our token: have a fresh one told. Without a server, that waits for its return. */
  async renewRelayToken(): Promise<void> {
    const token = this.token;
    if (token === null || !this.isSeated) return;
    try {
      const asking = this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck("relay_token", { token });
      const reply = await asking;
      if (reply.ok) this.handlers.onRelayToken(reply.relay.token);
    } catch {
      // The relay refuses the next socket, too, and then we are back here.
    }
  }

  /** Give up the place. The connection is closed after the server has heard of it. */
  async leave(): Promise<void> {
    const token = this.token;
    if (this.room !== null) dropToken(this.room.code);
    this.forget();
    if (token === null || !this.socket.connected) {
      this.socket.disconnect();
      return;
    }
    try {
      await this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck("leave", { token });
    } catch {
      // The server then finds out by itself that nobody holds the place.
    }
    // Whoever entered another room meanwhile still needs the connection.
    if (this.token === null) this.socket.disconnect();
  }

  /** Ask for a place. @throws {SignallingError} */
  private async enter(event: EntryEvent, request: object): Promise<EntryReply> {
    await this.connect();
    const reply = await this.ask(event, request);
    if (!reply.ok) throw new SignallingError(reply.error.code, reply.error.message);
    this.take(reply);
    return reply;
  }

  private async ask(event: EntryEvent, request: object): Promise<EntryReply | ErrorReply> {
    try {
      // The four entry events answer alike; their requests are typed where they are made.
      const ask = this.socket.timeout(ANSWER_WITHIN_MS) as unknown as {
        emitWithAck: (event: string, request: object) => Promise<EntryReply | ErrorReply>;
      };
      return await ask.emitWithAck(event, request);
    } catch (error) {
      throw new SignallingError("server_unreachable", String(error));
    }
  }

  /** Wait until the server is connected. @throws {SignallingError} It cannot be reached. */
  private connect(): Promise<void> {
    if (this.socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.socket.off("connect", succeed);
        this.socket.off("connect_error", fail);
      };
      const succeed = (): void => {
        stop();
        resolve();
      };
      const fail = (error: Error): void => {
        stop();
        this.socket.disconnect();
        reject(new SignallingError("server_unreachable", error.message));
      };
      const timer = setTimeout(() => fail(new Error("no answer")), ANSWER_WITHIN_MS);
      this.socket.on("connect", succeed);
      this.socket.on("connect_error", fail);
      this.socket.connect();
    });
  }

  /** Take the place again after the connection was lost, or the match has gone on without us. */
  private async resume(): Promise<void> {
    this.handlers.onConnection(true);
    const token = this.token;
    if (token === null || this.isSeated) return;
    try {
      const reply = await this.ask("resume", { token, rejoin: this.comesAnew });
      if (this.token !== token) return;
      if (reply.ok) {
        this.comesAnew = false;
        this.take(reply);
        this.handlers.onRoom(reply.room);
        if (reply.match !== null) this.noteMatch(reply.match);
      } else {
        this.forget();
        this.handlers.onClosed(reply.error);
      }
    } catch {
      // No answer: the connection is going down again, and its return comes back here.
    }
  }

  private take(reply: EntryReply): void {
    this.token = reply.token;
    this.room = reply.room;
    this.isSeated = true;
    keepToken(reply.room.code, reply.token);
    this.flush();
  }

  private noteRoom(room: RoomState): void {
    // What was under way when we left, or before an answer has told where we are, is of no use.
    if (this.room?.code !== room.code) return;
    this.room = room;
    this.handlers.onRoom(room);
  }

  private post(message: Posted): void {
    this.outbox.push(message);
    this.flush();
  }

  private flush(): void {
    const token = this.token;
    if (token === null || !this.isSeated) return;
    for (const message of this.outbox.splice(0)) {
      // What the server refuses shows up as a connection, or a decision, that does not come about.
      if (message.event === "signal") {
        this.socket.emit("signal", { token, ...message.fields }, ignore);
      } else this.socket.emit("arbitrate", { token, ...message.fields }, ignore);
    }
  }

  private forget(): void {
    this.token = null;
    this.room = null;
    this.told = "";
    this.isSeated = false;
    this.comesAnew = false;
    this.outbox = [];
  }
}

/** The answer is seen in what the server says of the room afterwards. */
const ignore = (): void => undefined;
