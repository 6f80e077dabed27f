/** How a connection's channels reach the worker: transferred, or by the hop. */

import type { ChannelName, ToWorker } from "../shared/messages";
import { CHANNEL_NAMES } from "../shared/messages";

export interface Route {
  readonly kind: "transferred" | "hop";
  /** Send what came from the worker; only the hop needs it. */
  send(channel: ChannelName, data: ArrayBuffer): void;
  close(): void;
}

export type Channels = Readonly<Record<ChannelName, RTCDataChannel>>;
export type PostToWorker = (message: ToWorker, transfer: Transferable[]) => void;

/** As in the worker's channels: above this, a datagram would be late anyway. */
const INPUT_BUFFER_BYTES = 16 * 1024;

/** Whether this browser can transfer channels. Found out by trying, with one that is not used. */
export function canTransfer(): boolean {
  const probe = new RTCPeerConnection();
  const { port1, port2 } = new MessageChannel();
  try {
    const channel = probe.createDataChannel("probe", { negotiated: true, id: 0 });
    port1.postMessage(channel, [channel as unknown as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
    probe.close();
  }
}

/** Hand channels to the worker. Must run in the task that created them. */
export function openRoute(
  peer: number,
  channels: Channels,
  forceHop: boolean,
  post: PostToWorker,
): Route {
  return forceHop || !canTransfer()
    ? openHop(peer, channels, post)
    : openTransferred(peer, channels, post);
}

function openTransferred(peer: number, channels: Channels, post: PostToWorker): Route {
  const { input, control, bulk } = channels;
  const transfer = [input, control, bulk] as unknown as Transferable[];
  post({ type: "channels", peer, input, control, bulk }, transfer);
  // The channels live in the worker now, and close with the connection.
  return { kind: "transferred", send: () => undefined, close: () => undefined };
}

function openHop(peer: number, channels: Channels, post: PostToWorker): Route {
  for (const name of CHANNEL_NAMES) {
    const channel = channels[name];
    channel.binaryType = "arraybuffer";
    channel.onopen = () => post({ type: "hop_open", peer, channel: name }, []);
    channel.onclose = () => post({ type: "hop_close", peer, channel: name }, []);
    channel.onmessage = ({ data }: MessageEvent) => {
      if (data instanceof ArrayBuffer)
        post({ type: "hop_data", peer, channel: name, data }, [data]);
    };
  }
  return {
    kind: "hop",
    send: (name, data) => sendOn(channels[name], name, data),
    close: () => {
      for (const name of CHANNEL_NAMES) {
        channels[name].onmessage = null;
        channels[name].close();
      }
    },
  };
}

function sendOn(channel: RTCDataChannel, name: ChannelName, data: ArrayBuffer): void {
  if (channel.readyState !== "open") return;
  if (name === "input" && channel.bufferedAmount > INPUT_BUFFER_BYTES) return;
  try {
    channel.send(data);
  } catch {
    channel.close(); // its buffer is full beyond hope; a gap would never be repaired
  }
}
