/**
 * One RTCPeerConnection: three negotiated channels, handed to the worker, and signalling.
 *
 * The order that works: in one task the connection, its channels (with fixed ids, so that both
 * sides have them before any description) and their transfer; only then descriptions. Who offers
 * is decided by the room, so offers never meet. Candidates are sent as they are found; complete
 * descriptions are understood as well.
 *
 * With the policy `relay` nothing leaves the page that names an address of this machine.
 */

import { channelOptions, type InputChannel } from "../shared/channels";
import type { ChannelName } from "../shared/messages";
import { hideInCandidate, hideInDescription } from "./hidden_addresses";
import { IceRestarts, watchNetwork } from "./ice_restart";
import type { IceServers } from "./ice_servers";
import { IceTroubles } from "./ice_trouble";
import { openRoute, type PostToWorker, type Route } from "./route";

/** What travels over signalling between two peers; the browser itself judges what is in it. */
export interface Signal {
  /** `restart`: the answering side asks for a new offer. */
  readonly kind: "description" | "candidate" | "restart";
  readonly payload: unknown;
}

export interface ConnectionOptions {
  readonly peer: number;
  readonly isOfferer: boolean;
  readonly iceServers: IceServers;
  readonly icePolicy: RTCIceTransportPolicy;
  /** Leave the channels in the page even where they could be transferred. */
  readonly forceHop: boolean;
  /** What our inputs go over. */
  readonly inputChannel: InputChannel;
  readonly post: PostToWorker;
  readonly send: (signal: Signal) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
  /** A STUN or TURN server does not help; all that is wrong now, the worst first. */
  readonly onTroubles: (sentences: readonly string[]) => void;
}

/** The candidate pair in use. */
export interface SelectedPair {
  readonly local: { readonly type: string; readonly address: string; readonly port: number };
  readonly remote: { readonly type: string; readonly address: string; readonly port: number };
}

/** A TURN server answers within a round trip or two, and is asked again and again. */
const SILENT_AFTER_MS = 8000;
/** By then an answer to an offer would be here; a new offer may be made in spite of the old one. */
const ANSWER_WITHIN_MS = 10_000;

export class PeerConnection {
  private readonly rtc: RTCPeerConnection;
  private readonly route: Route;
  private readonly troubles = new IceTroubles();
  private readonly restarts = new IceRestarts(() => this.restart());
  private readonly stopWatching = watchNetwork(() => this.restarts.noteNetworkChange());
  /** Candidates that came before the description they belong to. */
  private early: RTCIceCandidateInit[] = [];
  /** Signals are taken in one after the other, for each step is asynchronous. */
  private work: Promise<void> = Promise.resolve();
  private offeredMs = Number.NEGATIVE_INFINITY;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ConnectionOptions) {
    this.rtc = new RTCPeerConnection(this.configuration());
    const channels = {
      input: this.createChannel("input"),
      control: this.createChannel("control"),
      bulk: this.createChannel("bulk"),
    };
    this.route = openRoute(options.peer, channels, options.forceHop, options.post);
    this.rtc.onicecandidate = ({ candidate }) => this.noteCandidate(candidate);
    this.rtc.onicecandidateerror = (error) => this.noteTrouble(error);
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
    this.enqueue(async () => {
      if (signal.kind === "candidate") {
        await this.addCandidate(signal.payload as RTCIceCandidateInit);
      } else if (signal.kind === "description") {
        await this.addDescription(signal.payload as RTCSessionDescriptionInit);
      } else if (this.options.isOfferer) {
        this.restarts.noteAsked();
      }
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
    this.stopWatching();
    clearTimeout(this.silenceTimer);
    this.restarts.close();
    this.rtc.onconnectionstatechange = null;
    this.rtc.onicecandidate = null;
    this.rtc.onicecandidateerror = null;
    this.route.close();
    this.rtc.close();
    this.options.onState("closed");
  }

  private get hidesAddresses(): boolean {
    return this.options.icePolicy === "relay";
  }

  private configuration(): RTCConfiguration {
    const { iceServers, icePolicy } = this.options;
    return { iceServers: [...iceServers.current], iceTransportPolicy: icePolicy };
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

  // ---------------------------------------------------------------- descriptions and candidates

  private async offer(iceRestart: boolean): Promise<void> {
    await this.refreshServers();
    this.offeredMs = performance.now();
    await this.rtc.setLocalDescription(await this.rtc.createOffer({ iceRestart }));
    this.sendDescription();
  }

  private async addDescription(description: RTCSessionDescriptionInit): Promise<void> {
    // The answer to an offer that a newer one has replaced.
    if (description.type === "answer" && this.rtc.signalingState !== "have-local-offer") return;
    if (description.type === "offer") await this.refreshServers();
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
    if (!description) return;
    const { type } = description;
    const sdp = this.hidesAddresses ? hideInDescription(description.sdp) : description.sdp;
    this.options.send({ kind: "description", payload: { type, sdp } });
  }

  private noteCandidate(found: RTCIceCandidate | null): void {
    if (found === null) return;
    if (found.type === "relay" || found.type === "srflx") {
      this.troubles.noteHelp(found.type, urlOf(found));
    }
    const payload = found.toJSON();
    if (this.hidesAddresses && payload.candidate) {
      const candidate = hideInCandidate(payload.candidate);
      if (candidate === null) return;
      payload.candidate = candidate;
    }
    this.options.send({ kind: "candidate", payload });
  }

  // ---------------------------------------------------------------- what goes wrong

  private noteTrouble({ url, errorCode, errorText }: RTCPeerConnectionIceErrorEvent): void {
    const servers = this.options.iceServers.current;
    const isNew = this.troubles.note({ url, errorCode, errorText }, servers, Date.now() / 1000);
    if (isNew) this.options.onTroubles(this.troubles.sentences());
  }

  private noteSilence(): void {
    const servers = this.options.iceServers.current;
    const isNew = this.troubles.noteSilence(servers, Date.now() / 1000);
    if (isNew) this.options.onTroubles(this.troubles.sentences());
  }

  private noteState(): void {
    this.restarts.noteState(this.rtc.connectionState);
    this.options.onState(this.rtc.connectionState);
    this.options.onTroubles(this.troubles.sentences());
  }

  /** Seek a path anew: the offerer does, the other asks it to. */
  private restart(): void {
    if (this.options.isOfferer) this.enqueue(() => this.offerAgain());
    else this.options.send({ kind: "restart", payload: null });
  }

  private async offerAgain(): Promise<void> {
    const isAnswered = this.rtc.signalingState === "stable";
    if (!isAnswered && performance.now() - this.offeredMs < ANSWER_WITHIN_MS) return;
    await this.offer(true);
  }

  /** Credentials may have expired since the match began; a search needs such that last. */
  private async refreshServers(): Promise<void> {
    this.troubles.clear();
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.noteSilence(), SILENT_AFTER_MS);
    const { iceServers } = this.options;
    const before = iceServers.current;
    await iceServers.refresh();
    if (iceServers.current !== before) this.rtc.setConfiguration(this.configuration());
  }
}

/** Which server a candidate is from; Firefox does not tell. */
function urlOf(candidate: RTCIceCandidate): string | null {
  return (candidate as RTCIceCandidate & { url?: string | null }).url ?? null;
}

function endpoint(candidate: Record<string, unknown>): SelectedPair["local"] {
  return {
    type: String(candidate.candidateType),
    address: String(candidate.address),
    port: Number(candidate.port),
  };
}
