/**
 * One peer's channels, wherever they are: transferred to the worker, or kept in the page (the hop).
 *
 * Laws: nothing is sent before a channel is open. A datagram that cannot leave soon is skipped,
 * for the next one says all that it says and more. What is reliable waits in a bounded queue; if
 * that overflows, the channel is closed, for a gap in it would never be repaired.
 */

import type { ChannelName } from "./messages";
import { CHANNEL_IDS } from "./messages";

/**
 * What the inputs are sent over: as datagrams, each of which says all that the other side lacks; or, to
 * compare, over an ordered reliable channel, where all that follows a lost one waits for it.
 */
export type InputChannel = "datagram" | "ordered";

/** Above this, a datagram would be late anyway. */
export const INPUT_BUFFER_BYTES = 16 * 1024;
/** Chromium queues up to 16 MB and then throws; we stop long before. */
const CONTROL_BUFFER_BYTES = 256 * 1024;
/** A state that is sent while people play: what is in the buffer stands before their inputs. */
const BULK_BUFFER_BYTES = 64 * 1024;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

export interface ChannelListener {
  /** The channel has opened or closed. */
  onState(name: ChannelName, open: boolean): void;
  onData(name: ChannelName, data: Uint8Array<ArrayBuffer>): void;
}

/**
 * How a channel is made. Both sides give it the same id, so nothing has to be agreed on; but each decides
 * for itself how what it sends is treated.
 */
export function channelOptions(name: ChannelName, inputs: InputChannel): RTCDataChannelInit {
  const isDatagram = name === "input" && inputs === "datagram";
  const treatment = isDatagram ? { ordered: false, maxRetransmits: 0 } : { ordered: true };
  return { ...treatment, negotiated: true, id: CHANNEL_IDS[name] };
}

/** What is below: something that sends bytes. */
export interface RawChannel {
  readonly isOpen: boolean;
  readonly bufferedBytes: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** The sending side of one channel. */
export class Channel {
  private readonly waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;
  private readonly mostBufferedBytes: number;
  /** Datagrams that were not sent because too much lay in the buffer. */
  skipped = 0;

  constructor(
    readonly name: ChannelName,
    private readonly raw: RawChannel,
  ) {
    this.mostBufferedBytes = mostBufferedBytes(name);
  }

  get isOpen(): boolean {
    return this.raw.isOpen;
  }

  /** Send; the bytes must not change afterwards. Returns whether they left or will leave. */
  send(data: Uint8Array<ArrayBuffer>): boolean {
    return this.name === "input" ? this.sendNow(data) : this.sendSurely(data);
  }

  /** Send what had to wait; to be called when the channel opens or its buffer has drained. */
  flush(): void {
    while (this.raw.isOpen && this.raw.bufferedBytes < this.mostBufferedBytes) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.waitingBytes -= next.byteLength;
      this.raw.send(next);
    }
  }

  close(): void {
    this.waiting.length = 0;
    this.waitingBytes = 0;
    this.raw.close();
  }

  private sendNow(data: Uint8Array<ArrayBuffer>): boolean {
    if (!this.raw.isOpen) return false;
    if (this.raw.bufferedBytes > this.mostBufferedBytes) {
      this.skipped += 1;
      return false;
    }
    this.raw.send(data);
    return true;
  }

  private sendSurely(data: Uint8Array<ArrayBuffer>): boolean {
    if (this.waitingBytes + data.byteLength > MOST_WAITING_BYTES) {
      this.close();
      return false;
    }
    this.waiting.push(data);
    this.waitingBytes += data.byteLength;
    this.flush();
    return true;
  }
}

function mostBufferedBytes(name: ChannelName): number {
  if (name === "input") return INPUT_BUFFER_BYTES;
  return name === "bulk" ? BULK_BUFFER_BYTES : CONTROL_BUFFER_BYTES;
}

/** Send and listen on a channel of a connection. */
export function rtcChannel(
  name: ChannelName,
  rtc: RTCDataChannel,
  listener: ChannelListener,
): Channel {
  rtc.binaryType = "arraybuffer";
  rtc.bufferedAmountLowThreshold = mostBufferedBytes(name) / 2;
  const channel = new Channel(name, {
    get isOpen() {
      return rtc.readyState === "open";
    },
    get bufferedBytes() {
      return rtc.bufferedAmount;
    },
    send(data) {
      rtc.send(data);
    },
    close() {
      rtc.close();
    },
  });
  rtc.onmessage = (event: MessageEvent) => {
    // Text is nothing we ever send; it is not worth closing a channel for.
    if (event.data instanceof ArrayBuffer) listener.onData(name, new Uint8Array(event.data));
  };
  rtc.onbufferedamountlow = () => channel.flush();
  rtc.onopen = () => {
    channel.flush();
    listener.onState(name, true);
  };
  rtc.onclose = () => listener.onState(name, false);
  // A transferred channel first reads "connecting", and its open event may have gone before.
  if (rtc.readyState === "open") queueMicrotask(() => rtc.onopen?.call(rtc, new Event("open")));
  return channel;
}
