/**
 * The WebSocket to the relay, opened in the worker so that a busy page does not hold frames up.
 *
 * It carries bytes: what is in a frame, Python knows (`peergym/rollback/relay_wire.py`). The only thing
 * looked at is the first byte of what is sent, because a datagram that cannot leave soon is skipped, and
 * a message never. When the socket is lost, another one is opened, after a pause that grows; `close` is for
 * good, and tells the others so by its code. When the relay refuses the token, the page is asked for a
 * fresh one, which is there for the next socket.
 */

import { INPUT_BUFFER_BYTES } from "../shared/channels";

/** Kinds of frames of which the newest says all; as in `relay_wire.py`. */
const INPUT = 2;
const REPORT = 6;

const FIRST_PAUSE_MS = 250;
/** A server that starts anew is back within seconds, and peers should be back together. */
const LONGEST_PAUSE_MS = 2000;
/**
 * A network that swallows what is sent says nothing, and the browser tries for minutes; after a change of
 * network that is longer than any grace. As long as signalling waits for an answer.
 */
const OPEN_WITHIN_MS = 8000;
/** A socket that lasted so long has worked: the next pause is a short one. */
const LASTED_MS = 5000;
/** What can be left unsent before the socket is given up; its frames are repeated on the next. */
const MOST_BUFFERED_BYTES = 8 * 1024 * 1024;
const LEFT_ON_PURPOSE = 1000;
/** The relay's close code for a token that is not good, or no longer. */
const BAD_TOKEN = 4003;

/** The part of a WebSocket that is used. */
export interface RawSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export interface RelayEnvironment {
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => number;
  readonly clearTimer: (timer: number) => void;
  readonly makeSocket: (path: string) => RawSocket;
}

export interface RelayListener {
  onState(isOpen: boolean): void;
  onFrame(data: Uint8Array<ArrayBuffer>): void;
  /** The token was refused: without a fresh one, the next socket ends likewise. */
  onRefused(): void;
}

const OPEN = 1;

export class RelaySocket {
  private socket: RawSocket | null = null;
  private path: string | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private openedMs = 0;
  private timer: number | null = null;
  private isOpen = false;
  /** Datagrams that were not sent because too much lay in the buffer. */
  skipped = 0;

  constructor(
    private readonly environment: RelayEnvironment,
    private readonly listener: RelayListener,
  ) {}

  /** Open a socket, and others after it, until `close`. */
  open(path: string): void {
    this.close();
    this.path = path;
    this.pauseMs = FIRST_PAUSE_MS;
    this.connect();
  }

  /** Send a frame; returns whether it left or will leave. */
  send(frame: Uint8Array<ArrayBuffer>): boolean {
    const { socket } = this;
    if (socket?.readyState !== OPEN) return false;
    const isDatagram = frame[0] === INPUT || frame[0] === REPORT;
    if (isDatagram && socket.bufferedAmount > INPUT_BUFFER_BYTES) {
      this.skipped += 1;
      return false;
    }
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) {
      this.reopen();
      return false;
    }
    socket.send(frame);
    return true;
  }

  /** Give this socket up and open another. */
  reopen(): void {
    const { socket } = this;
    if (socket === null) return;
    this.drop();
    this.noteClosed();
  }

  /** Leave the relay for good. */
  close(): void {
    this.path = null;
    this.stopTimer();
    this.drop(LEFT_ON_PURPOSE);
    this.isOpen = false;
  }

  private connect(): void {
    this.timer = null;
    if (this.path === null) return;
    const socket = this.environment.makeSocket(this.path);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    this.timer = this.environment.setTimer(() => this.reopen(), OPEN_WITHIN_MS);
    socket.onopen = () => {
      this.stopTimer();
      this.openedMs = this.environment.now();
      this.isOpen = true;
      this.listener.onState(true);
    };
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.listener.onFrame(new Uint8Array(data));
    };
    socket.onclose = ({ code }) => {
      this.drop();
      this.noteClosed();
      if (code === BAD_TOKEN) this.listener.onRefused();
    };
  }

  private noteClosed(): void {
    const { environment } = this;
    this.stopTimer();
    if (this.isOpen) {
      this.isOpen = false;
      if (environment.now() - this.openedMs > LASTED_MS) this.pauseMs = FIRST_PAUSE_MS;
      this.listener.onState(false);
    }
    if (this.path === null) return;
    this.timer = environment.setTimer(() => this.connect(), this.pauseMs);
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
  }

  private stopTimer(): void {
    if (this.timer !== null) this.environment.clearTimer(this.timer);
    this.timer = null;
  }

  private drop(code?: number): void {
    const { socket } = this;
    if (socket === null) return;
    this.socket = null;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    // A browser allows 1000 and codes of one's own; 4000 says nothing in particular.
    socket.close(code ?? 4000);
  }
}

/** A socket of the server that this worker came from. */
export function serverSocket(path: string): RawSocket {
  const url = new URL(path, self.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new WebSocket(url) as unknown as RawSocket;
}
