/** The links to all peers of a match: channels in and out, with the impairment between. */

import { type Channel, rtcChannel } from "../shared/channels";
import type {
  ChannelName,
  ChannelsMessage,
  FromWorker,
  HopDataMessage,
  HopOpenMessage,
} from "../shared/messages";
import { CHANNEL_NAMES } from "../shared/messages";
import { HopChannel } from "./hop";
import {
  Impairment,
  type ImpairmentEnvironment,
  type ImpairmentSettings,
  seededRandom,
} from "./impairment";
import { RatePerSecond } from "./rate";
import { SilentPace } from "./silent_pace";

/** Kinds of frames that carry a datagram; as in `peergym/rollback/relay_wire.py`. */
const FRAME_OF_INPUT = { in: 18, out: 2 } as const;

type Post = (message: FromWorker, transfer?: Transferable[]) => void;

interface PeerLink {
  readonly route: "transferred" | "hop";
  readonly channels: Map<ChannelName, Channel>;
  readonly hops: Map<ChannelName, HopChannel>;
  readonly pace: SilentPace;
  isOpen: boolean;
}

/** What takes in what arrives. */
export type Receive = (
  peer: number,
  channel: ChannelName,
  data: Uint8Array<ArrayBuffer>,
  arrivalMs: number,
) => void;

export class Links {
  private readonly peers = new Map<number, PeerLink>();
  private readonly incoming: Impairment;
  private readonly outgoing: Impairment;
  readonly bytesIn = new RatePerSecond();
  readonly bytesOut = new RatePerSecond();
  readonly packetsIn = new RatePerSecond();
  readonly packetsOut = new RatePerSecond();

  constructor(
    private readonly environment: ImpairmentEnvironment,
    private readonly receive: Receive,
    private readonly onState: (peer: number, isOpen: boolean) => void,
    private readonly post: Post,
    seed: number,
  ) {
    this.incoming = new Impairment(environment, seededRandom(seed));
    this.outgoing = new Impairment(environment, seededRandom(seed + 1));
  }

  /** Take over the channels of a peer; those it had before are closed. */
  openTransferred(message: ChannelsMessage): void {
    const link = this.replace(message.peer, "transferred");
    const listener = {
      onState: () => this.noteState(message.peer, link),
      onData: (name: ChannelName, data: Uint8Array<ArrayBuffer>) =>
        this.arrive(message.peer, name, data),
    };
    for (const name of CHANNEL_NAMES) {
      link.channels.set(name, rtcChannel(name, message[name], listener));
    }
  }

  openHop({ peer, channel }: HopOpenMessage): void {
    const existing = this.peers.get(peer);
    const link = existing?.route === "hop" ? existing : this.replace(peer, "hop");
    const hop = new HopChannel(peer, channel, this.post);
    link.hops.set(channel, hop);
    link.channels.set(channel, hop.channel);
    this.noteState(peer, link);
  }

  closeHop(peer: number, channel: ChannelName): void {
    const link = this.peers.get(peer);
    link?.hops.get(channel)?.noteClosed();
    if (link) this.noteState(peer, link);
  }

  receiveHop({ peer, channel, data }: HopDataMessage): void {
    if (this.peers.get(peer)?.route === "hop") this.arrive(peer, channel, new Uint8Array(data));
  }

  /** Send on a channel; the bytes must not change afterwards. */
  send(peer: number, name: ChannelName, data: Uint8Array<ArrayBuffer>): void {
    this.outgoing.pass(`${peer} ${name}`, name !== "input", () => {
      const nowMs = this.environment.now();
      const link = this.peers.get(peer);
      if (name === "input" && !link?.pace.admits(data.byteLength, nowMs)) return;
      if (!link?.channels.get(name)?.send(data)) return;
      this.bytesOut.add(data.byteLength, nowMs);
      if (name === "input") this.packetsOut.add(1, nowMs);
    });
  }

  /** Those to whom all channels are open. */
  openPeers(): number[] {
    return [...this.peers].filter(([, link]) => link.isOpen).map(([peer]) => peer);
  }

  /** Pass on a frame that came from the relay, or goes to it: as of any path, the time it takes. */
  passRelayed(way: "in" | "out", data: Uint8Array<ArrayBuffer>, deliver: () => boolean): void {
    const [impairment, bytes, packets] =
      way === "in"
        ? [this.incoming, this.bytesIn, this.packetsIn]
        : [this.outgoing, this.bytesOut, this.packetsOut];
    impairment.pass("relay", true, () => {
      if (!deliver()) return;
      bytes.add(data.byteLength, this.environment.now());
      if (data[0] === FRAME_OF_INPUT[way]) packets.add(1, this.environment.now());
    });
  }

  /** Break with a peer: what it sent cannot be kept, and a gap in it would never be repaired. */
  breakWith(peer: number): void {
    const link = this.peers.get(peer);
    if (link === undefined) return;
    closeLink(link);
    this.noteState(peer, link);
  }

  impair(settings: ImpairmentSettings): void {
    this.incoming.configure(settings);
    this.outgoing.configure(settings);
  }

  /** Datagrams that found a full buffer. */
  get datagramsSkipped(): number {
    let skipped = 0;
    for (const link of this.peers.values()) skipped += link.channels.get("input")?.skipped ?? 0;
    return skipped;
  }

  close(): void {
    for (const link of this.peers.values()) closeLink(link);
    this.peers.clear();
    this.incoming.clear();
    this.outgoing.clear();
  }

  private arrive(peer: number, name: ChannelName, data: Uint8Array<ArrayBuffer>): void {
    this.peers.get(peer)?.pace.noteHeard(this.environment.now());
    this.incoming.pass(`${peer} ${name}`, name !== "input", () => {
      const nowMs = this.environment.now();
      this.bytesIn.add(data.byteLength, nowMs);
      if (name === "input") this.packetsIn.add(1, nowMs);
      this.receive(peer, name, data, nowMs);
    });
  }

  private replace(peer: number, route: PeerLink["route"]): PeerLink {
    const old = this.peers.get(peer);
    if (old) closeLink(old);
    const pace = new SilentPace();
    const link = { route, channels: new Map(), hops: new Map(), pace, isOpen: false };
    this.peers.set(peer, link);
    return link;
  }

  private noteState(peer: number, link: PeerLink): void {
    if (this.peers.get(peer) !== link) return;
    const open = CHANNEL_NAMES.every((name) => link.channels.get(name)?.isOpen === true);
    if (open === link.isOpen) return;
    link.isOpen = open;
    this.onState(peer, open);
    this.post({ type: "peer_link", peer, open, route: link.route });
  }
}

function closeLink(link: PeerLink): void {
  for (const channel of link.channels.values()) channel.close();
}
