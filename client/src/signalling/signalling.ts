/**
 * The connection to the server: rooms, and what peers tell each other before they are connected.
 *
 * Once in a room, a lost connection is taken up again by itself with the room's token. What was to be sent
 * meanwhile waits and follows in order; the match itself does not need the server and goes on.
 */

import { io, type Socket } from "socket.io-client";
import type { MatchDescription } from "../shared/messages";
import type {
  ClientToServer,
  EntryReply,
  ErrorReply,
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
  onMatch: (match: MatchDescription) => void;
  onSignal: (signal: Signal) => void;
  /** The room exists no longer, or our seat in it. */
  onClosed: (reason: { code: string; message: string }) => void;
  /** Whether the server can be reached just now. */
  onConnection: (isConnected: boolean) => void;
}

type EntryEvent = "create_room" | "join_room" | "quick_match" | "resume";
type GameSocket = Socket<ServerToClient, ClientToServer>;

export class Signalling {
  private readonly socket: GameSocket;
  private token: string | null = null;
  /** Set while the server knows this connection as the holder of our token. */
  private isSeated = false;
  private outbox: { to: number; kind: SignalKind; payload: unknown }[] = [];

  constructor(
    private readonly version: string,
    private readonly handlers: SignallingHandlers,
  ) {
    this.socket = io({ transports: ["websocket"], autoConnect: false });
    this.socket.on("room", handlers.onRoom);
    this.socket.on("match", handlers.onMatch);
    this.socket.on("signal", handlers.onSignal);
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

  createRoom(request: RoomRequest): Promise<RoomState> {
    return this.enter("create_room", { version: this.version, ...request });
  }

  joinRoom(code: string): Promise<RoomState> {
    return this.enter("join_room", { version: this.version, code });
  }

  quickMatch(): Promise<RoomState> {
    return this.enter("quick_match", { version: this.version });
  }

  /** Pass something on to another peer of the room. */
  signal(to: number, kind: SignalKind, payload: unknown): void {
    this.outbox.push({ to, kind, payload });
    this.flush();
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

  /** Give up the seat. The connection is closed after the server has heard of it. */
  async leave(): Promise<void> {
    const token = this.token;
    this.forget();
    if (token === null || !this.socket.connected) {
      this.socket.disconnect();
      return;
    }
    try {
      await this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck("leave", { token });
    } catch {
      // The server then finds out by itself that nobody holds the seat.
    }
    // Whoever entered another room meanwhile still needs the connection.
    if (this.token === null) this.socket.disconnect();
  }

  /** Ask for a seat. @throws {SignallingError} */
  private async enter(event: EntryEvent, request: object): Promise<RoomState> {
    await this.connect();
    const reply = await this.ask(event, request);
    if (!reply.ok) throw new SignallingError(reply.error.code, reply.error.message);
    this.token = reply.token;
    this.isSeated = true;
    this.flush();
    return reply.room;
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

  /** Take the seat again after the connection was lost. */
  private async resume(): Promise<void> {
    this.handlers.onConnection(true);
    const token = this.token;
    if (token === null || this.isSeated) return;
    try {
      const reply = await this.ask("resume", { token });
      if (this.token !== token) return;
      if (reply.ok) {
        this.token = reply.token;
        this.isSeated = true;
        this.flush();
        this.handlers.onRoom(reply.room);
      } else {
        this.forget();
        this.handlers.onClosed(reply.error);
      }
    } catch {
      // No answer: the connection is going down again, and its return comes back here.
    }
  }

  private flush(): void {
    const token = this.token;
    if (token === null || !this.isSeated) return;
    for (const message of this.outbox.splice(0)) {
      // A signal that the server refuses shows up as a connection that does not come about.
      this.socket.emit("signal", { token, ...message }, () => undefined);
    }
  }

  private forget(): void {
    this.token = null;
    this.isSeated = false;
    this.outbox = [];
  }
}
