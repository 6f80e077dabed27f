/**
 * The two buffers in Python's memory, seen from JavaScript; `peergym/hosts/mailbox.py` is the
 * other side and says what the records are.
 *
 * Growth of the Wasm memory detaches every view on it, at any call into Python. So views are
 * checked before each use and taken anew.
 */

import type { PyBuffer, PyBufferView, PyCallable, PyProxy } from "pyodide/ffi";
import type { Wake } from "./ticker";

/** Kinds of records into Python. */
export const In = {
  DATAGRAM: 1,
  MESSAGE: 2,
  ACTION: 3,
  READY: 4,
  LEAVE: 5,
  RESTORED: 7,
  BULK: 8,
  RELAYED: 9,
  LINK: 10,
  RELAY: 11,
  PEER: 12,
  DECISION: 13,
} as const;
/** Kinds of records out of Python. */
export const Out = {
  DATAGRAM: 1,
  MESSAGE: 2,
  FRAME: 3,
  EFFECTS: 4,
  STATISTICS: 5,
  EVENT: 6,
  CHECKSUMS: 7,
  BULK: 8,
  REPLAY: 9,
  RELAYED: 10,
} as const;

const RECORD_BYTES = 6;
const HEADER_BYTES = 16;
const FLAG_MORE = 1;
const FLAG_WAKE_IS_FRAME = 2;
const FLAG_IS_PLAYING = 4;

export interface OutRecord {
  readonly kind: number;
  readonly index: number;
  /** Valid until the next call into Python; copy what is kept. */
  readonly payload: Uint8Array;
}

interface Waiting {
  readonly kind: number;
  readonly index: number;
  readonly stampMs: number | null;
  readonly payload: Uint8Array;
}

/** A view on a Python bytearray that survives growth of the memory. */
class MemoryView {
  private view: PyBufferView;
  private current: DataView<ArrayBuffer>;
  readonly length: number;

  constructor(private readonly proxy: PyBuffer) {
    this.view = proxy.getBuffer("u8");
    this.length = this.view.nbytes;
    this.current = this.take();
  }

  get data(): DataView<ArrayBuffer> {
    // A detached buffer has length 0.
    if (this.current.buffer.byteLength === 0) {
      this.view.release();
      this.view = this.proxy.getBuffer("u8");
      this.current = this.take();
    }
    return this.current;
  }

  destroy(): void {
    this.view.release();
    this.proxy.destroy();
  }

  private take(): DataView<ArrayBuffer> {
    const bytes = this.view.data as Uint8Array<ArrayBuffer>;
    return new DataView(bytes.buffer, bytes.byteOffset + this.view.offset, this.view.nbytes);
  }
}

/** Datagrams wait for the tick after, where the inbox is full, while so few records wait. */
const MOST_BEFORE_DATAGRAMS = 4096;
/** A longer one is none of ours (`docs/wire.md`), and is not worth the memory. */
const MOST_DATAGRAM_BYTES = 1200;
/** What is reliable waits for longer: for twice the largest state. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** A record that waits costs about so much beside its payload. */
const OVERHEAD_BYTES = 128;
/** Nothing that a peer may send is longer; what is longer would never fit into the inbox. */
const MOST_RECORD_BYTES = 64 * 1024;

/** One host in Python, called once a tick. */
export class Mailbox {
  private readonly inbox: MemoryView;
  private readonly outbox: MemoryView;
  private readonly tickCall: PyCallable;
  private used = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** Records given up: too long, or Python was not called for long. */
  dropped = 0;

  constructor(private readonly host: PyProxy) {
    this.inbox = new MemoryView(host.inbox as PyBuffer);
    this.outbox = new MemoryView(host.outbox as PyBuffer);
    this.tickCall = host.tick as PyCallable;
  }

  /**
   * Put a record into the inbox; `stampMs` is the arrival time of what came over a channel.
   *
   * Returns whether all is well: false when something reliable had to be given up, which leaves a
   * gap. A datagram may be lost, and what is too long is nothing that any of us sends.
   */
  put(kind: number, index: number, payload: Uint8Array, stampMs: number | null = null): boolean {
    if (this.waiting.length === 0 && this.write(kind, index, payload, stampMs)) return true;
    const isTooLong = payload.byteLength > MOST_RECORD_BYTES;
    if (!isTooLong && this.mayWait(kind, payload.byteLength)) {
      this.waiting.push({ kind, index, stampMs, payload: payload.slice() });
      this.waitingBytes += payload.byteLength + OVERHEAD_BYTES;
      return true;
    }
    this.dropped += 1;
    return isTooLong || kind === In.DATAGRAM;
  }

  private mayWait(kind: number, bytes: number): boolean {
    if (kind === In.DATAGRAM) {
      return bytes <= MOST_DATAGRAM_BYTES && this.waiting.length < MOST_BEFORE_DATAGRAMS;
    }
    if (kind !== In.MESSAGE && kind !== In.BULK && kind !== In.RELAYED) return true; // of our own page, which sends little
    return this.waitingBytes + bytes + OVERHEAD_BYTES <= MOST_WAITING_BYTES;
  }

  /** Put a seat's action into the inbox. */
  putAction(seat: number, action: number): void {
    const payload = new DataView(new ArrayBuffer(4));
    payload.setInt32(0, action, true);
    this.put(In.ACTION, seat, new Uint8Array(payload.buffer));
  }

  /** Call Python once. Hands over each record that comes out; returns when to call again. */
  tick(nowMs: number, take: (record: OutRecord) => void): Wake {
    const used = this.used;
    this.used = 0;
    const length = this.tickCall(nowMs, used) as number;
    const stillWaiting = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const { kind, index, payload, stampMs } of stillWaiting) {
      this.put(kind, index, payload, stampMs);
    }
    const data = this.outbox.data;
    const flags = data.getUint8(8);
    const wake = {
      atMs: data.getFloat64(0, true),
      isFrame: (flags & FLAG_WAKE_IS_FRAME) !== 0,
      isPlaying: (flags & FLAG_IS_PLAYING) !== 0,
      more: (flags & FLAG_MORE) !== 0 || stillWaiting.length > 0,
    };
    readRecords(data, length, take);
    return wake;
  }

  /** Forget what was put in; for when what is played changes. */
  clear(): void {
    this.used = 0;
    this.waiting = [];
    this.waitingBytes = 0;
  }

  destroy(): void {
    this.inbox.destroy();
    this.outbox.destroy();
    this.tickCall.destroy();
    this.host.destroy();
  }

  private write(kind: number, index: number, payload: Uint8Array, stampMs: number | null): boolean {
    const stampBytes = stampMs === null ? 0 : 8;
    const size = stampBytes + payload.byteLength;
    if (payload.byteLength > MOST_RECORD_BYTES) return false;
    if (this.used + RECORD_BYTES + size > this.inbox.length) return false;
    const data = this.inbox.data;
    data.setUint8(this.used, kind);
    data.setUint8(this.used + 1, index);
    data.setUint32(this.used + 2, size, true);
    let at = this.used + RECORD_BYTES;
    if (stampMs !== null) data.setFloat64(at, stampMs, true);
    at += stampBytes;
    new Uint8Array(data.buffer, data.byteOffset + at, payload.byteLength).set(payload);
    this.used = at + payload.byteLength;
    return true;
  }
}

/** Walk over the records behind the outbox's header. */
export function readRecords(
  data: DataView<ArrayBuffer>,
  length: number,
  take: (record: OutRecord) => void,
): void {
  let at = HEADER_BYTES;
  while (at < length) {
    const size = data.getUint32(at + 2, true);
    const start = data.byteOffset + at + RECORD_BYTES;
    take({
      kind: data.getUint8(at),
      index: data.getUint8(at + 1),
      payload: new Uint8Array(data.buffer, start, size),
    });
    at += RECORD_BYTES + size;
  }
}
