/** How a connection's channels reach the worker: transferred, or by the hop. */

import { type ChannelListener, rtcChannel } from "../shared/channels";
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
  const listener: ChannelListener = {
    onState: (channel, open) => post({ type: open ? "hop_open" : "hop_close", peer, channel }, []),
    onData: (channel, { buffer }) =>
      post({ type: "hop_data", peer, channel, data: buffer }, [buffer]),
  };
  const kept = CHANNEL_NAMES.map((name) => rtcChannel(name, channels[name], listener));
  return {
    kind: "hop",
    send: (name, data) => {
      kept.find((channel) => channel.name === name)?.send(new Uint8Array(data));
    },
    close: () => {
      for (const name of CHANNEL_NAMES) channels[name].onmessage = null;
      for (const channel of kept) channel.close();
    },
  };
}
