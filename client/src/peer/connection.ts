/**
 * One RTCPeerConnection: three negotiated channels, handed to the worker, and signalling.
 *
 * The order that works: in one task the connection, its channels (with fixed ids, so that both
 * sides have them before any description) and their transfer; only then descriptions. Who offers
 * is decided by the room, so offers never meet. Candidates are sent as they are found; complete
 * descriptions are understood as well.
 */

import { channelOptions, type InputChannel } from "../shared/channels";
import type { ChannelName } from "../shared/messages";
import { openRoute, type PostToWorker, type Route } from "./route";

/** What travels over signalling between two peers; the browser itself judges what is in it. */
export interface Signal {
  readonly kind: "description" | "candidate";
  readonly payload: unknown;
}

export interface ConnectionOptions {
  readonly peer: number;
  readonly isOfferer: boolean;
  readonly iceServers: readonly RTCIceServer[];
  /** Leave the channels in the page even where they could be transferred. */
  readonly forceHop: boolean;
  /** What our inputs go over. */
  readonly inputChannel: InputChannel;
  readonly post: PostToWorker;
  readonly send: (signal: Signal) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
}

/** The candidate pair in use. */
export interface SelectedPair {
  readonly local: { readonly type: string; readonly address: string; readonly port: number };
  readonly remote: { readonly type: string; readonly address: string; readonly port: number };
}

/** After a failure, the offerer tries again so often; the other side's silence decides the match. */
const RESTART_AFTER_MS = 2000;
/** By then the session has given the peer up, too. */
const MOST_RESTARTS = 8;

export class PeerConnection {
  private readonly rtc: RTCPeerConnection;
  private readonly route: Route;
  /** Candidates that came before the description they belong to. */
  private early: RTCIceCandidateInit[] = [];
  /** Signals are taken in one after the other, for each step is asynchronous. */
  private work: Promise<void> = Promise.resolve();
  private restartTimer: number | undefined;
  private restarts = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.rtc = new RTCPeerConnection({ iceServers: [...options.iceServers] });
    const channels = {
      input: this.createChannel("input"),
      control: this.createChannel("control"),
      bulk: this.createChannel("bulk"),
    };
    this.route = openRoute(options.peer, channels, options.forceHop, options.post);
    this.rtc.onicecandidate = ({ candidate }) => {
      if (candidate) options.send({ kind: "candidate", payload: candidate.toJSON() });
    };
    this.rtc.onconnectionstatechange = () => this.noteState();
  }

  get state(): RTCPeerConnectionState {
    return this.rtc.connectionState;
  }

  /** How the channels reach the worker. */
  get routeKind(): Route["kind"] {
    return this.route.kind;
  }

  /** Begin: the offerer offers, the other waits for it. */
  start(): void {
    if (this.options.isOfferer) this.enqueue(() => this.offer(false));
  }

  /** Take in what came over signalling from this peer. */
  acceptSignal(signal: Signal): void {
    this.enqueue(() => {
      if (signal.kind === "candidate") {
        return this.addCandidate(signal.payload as RTCIceCandidateInit);
      }
      return this.addDescription(signal.payload as RTCSessionDescriptionInit);
    });
  }

  /** Pass on what the worker wants to send, if the channels stayed in the page. */
  sendHop(channel: ChannelName, data: ArrayBuffer): void {
    this.route.send(channel, data);
  }

  /** The pair of addresses in use; null while there is none. */
  async selectedPair(): Promise<SelectedPair | null> {
    const stats: Map<string, Record<string, unknown>> = new Map();
    for (const [id, entry] of await this.rtc.getStats()) stats.set(id, entry);
    const transport = [...stats.values()].find((entry) => entry.type === "transport");
    const pair = stats.get(String(transport?.selectedCandidatePairId));
    const local = stats.get(String(pair?.localCandidateId));
    const remote = stats.get(String(pair?.remoteCandidateId));
    return local && remote ? { local: endpoint(local), remote: endpoint(remote) } : null;
  }

  close(): void {
    clearTimeout(this.restartTimer);
    this.rtc.onconnectionstatechange = null;
    this.rtc.onicecandidate = null;
    this.route.close();
    this.rtc.close();
    this.options.onState("closed");
  }

  private createChannel(name: ChannelName): RTCDataChannel {
    return this.rtc.createDataChannel(name, channelOptions(name, this.options.inputChannel));
  }

  private enqueue(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch((error: unknown) => {
      // A bad signal changes nothing: the connection goes on or fails by itself, which is told.
      if (this.rtc.signalingState !== "closed") console.warn("signalling of a peer:", error);
    });
  }

  private async offer(iceRestart: boolean): Promise<void> {
    await this.rtc.setLocalDescription(await this.rtc.createOffer({ iceRestart }));
    this.sendDescription();
  }

  private async addDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await this.rtc.setRemoteDescription(description);
    for (const candidate of this.early.splice(0)) await this.rtc.addIceCandidate(candidate);
    if (description.type === "offer") {
      await this.rtc.setLocalDescription();
      this.sendDescription();
    }
  }

  private async addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.rtc.remoteDescription === null) this.early.push(candidate);
    else await this.rtc.addIceCandidate(candidate);
  }

  private sendDescription(): void {
    const description = this.rtc.localDescription;
    if (description) this.options.send({ kind: "description", payload: description.toJSON() });
  }

  private noteState(): void {
    this.options.onState(this.rtc.connectionState);
    clearTimeout(this.restartTimer);
    if (this.rtc.connectionState === "connected") this.restarts = 0;
    if (this.rtc.connectionState === "failed" && this.options.isOfferer) this.restart();
  }

  private restart(): void {
    if (this.restarts >= MOST_RESTARTS) return;
    this.restarts += 1;
    this.enqueue(() => this.offer(true));
    this.restartTimer = window.setTimeout(() => this.noteState(), RESTART_AFTER_MS);
  }
}

function endpoint(candidate: Record<string, unknown>): SelectedPair["local"] {
  return {
    type: String(candidate.candidateType),
    address: String(candidate.address),
    port: Number(candidate.port),
  };
}
