/**
 * The connections to all peers of a match.
 *
 * A page that closes says so by closing its connections, or the others would notice only after
 * their time for silence. A worker that dies says nothing at all, and its transferred channels
 * would look alive: so its connections are closed for it.
 */

import type { InputChannel } from "../shared/channels";
import type { ChannelName, MatchDescription } from "../shared/messages";
import { PeerConnection, type SelectedPair, type Signal } from "./connection";
import { type AskForServers, IceServers } from "./ice_servers";
import type { PostToWorker } from "./route";

export interface MeshOptions {
  readonly post: PostToWorker;
  readonly match: MatchDescription;
  readonly localPeer: number;
  readonly forceHop: boolean;
  readonly inputChannel: InputChannel;
  readonly sendSignal: (to: number, signal: Signal) => void;
  /** Ask for ICE servers with new credentials; null where the server does not answer. */
  readonly freshIceServers: AskForServers;
  readonly onState: (peer: number, state: RTCPeerConnectionState) => void;
  /** What keeps STUN and TURN servers from helping to reach a peer, in sentences. */
  readonly onTroubles: (peer: number, sentences: readonly string[]) => void;
  /** The worker died; the connections are closed. */
  readonly onWorkerDeath: () => void;
}

/** A worker that plays sends statistics 20 times a second. */
const WORKER_SILENCE_MS = 5000;
const WATCH_EVERY_MS = 1000;

export class PeerMesh {
  private readonly connections = new Map<number, PeerConnection>();
  private readonly onPageHide = () => this.close();
  private readonly watch: number;
  private readonly iceServers: IceServers;
  private heardMs: number | null = null;
  private watchedMs = performance.now();

  /** Make the connections and begin. The worker must have been told the match before or soon. */
  constructor(private readonly options: MeshOptions) {
    this.iceServers = new IceServers(options.match.ice_servers, options.freshIceServers);
    window.addEventListener("pagehide", this.onPageHide);
    this.watch = window.setInterval(() => this.watchWorker(), WATCH_EVERY_MS);
    this.admit(options.match.offers);
  }

  /** Connect with those of these pairs whom we are not connected with yet. */
  admit(offers: MatchDescription["offers"]): void {
    const { localPeer } = this.options;
    for (const [offerer, answerer] of offers) {
      if (offerer === localPeer) this.connect(answerer, true);
      if (answerer === localPeer) this.connect(offerer, false);
    }
  }

  /** Whether there is a direct connection with a peer, as far as the browser knows. */
  isConnected(peer: number): boolean {
    return this.connections.get(peer)?.state === "connected";
  }

  /** Close the connection with a peer that is gone for good. */
  dismiss(peer: number): void {
    this.connections.get(peer)?.close();
    this.connections.delete(peer);
  }

  /** Take in a signal from another peer; one from a stranger is ignored. */
  acceptSignal(from: number, signal: Signal): void {
    this.connections.get(from)?.acceptSignal(signal);
  }

  /** Send what the worker wants sent, where the page holds the channels. */
  sendHop(peer: number, channel: ChannelName, data: ArrayBuffer): void {
    this.connections.get(peer)?.sendHop(channel, data);
  }

  /** Statistics came from the worker: it lives. */
  noteWorkerAlive(): void {
    this.heardMs = performance.now();
  }

  /** For each peer the pair of addresses in use. */
  async selectedPairs(): Promise<Map<number, SelectedPair | null>> {
    const pairs = new Map<number, SelectedPair | null>();
    for (const [peer, connection] of this.connections) {
      pairs.set(peer, await connection.selectedPair());
    }
    return pairs;
  }

  close(): void {
    window.clearInterval(this.watch);
    window.removeEventListener("pagehide", this.onPageHide);
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private connect(peer: number, isOfferer: boolean): void {
    if (this.connections.has(peer)) return;
    const { post, match, forceHop, inputChannel, sendSignal, onState } = this.options;
    const { onTroubles } = this.options;
    const connection = new PeerConnection({
      peer,
      isOfferer,
      iceServers: this.iceServers,
      icePolicy: match.ice_policy,
      forceHop,
      inputChannel,
      post,
      send: (signal) => sendSignal(peer, signal),
      onState: (state) => {
        post({ type: "link", peer, state }, []);
        onState(peer, state);
      },
      onTroubles: (sentences) => onTroubles(peer, sentences),
    });
    this.connections.set(peer, connection);
    connection.start();
  }

  private watchWorker(): void {
    const nowMs = performance.now();
    // When the page itself was late, messages of the worker may still be waiting to be heard.
    const wasLate = nowMs - this.watchedMs > 2 * WATCH_EVERY_MS;
    this.watchedMs = nowMs;
    if (this.heardMs === null || wasLate) return;
    if (nowMs - this.heardMs > WORKER_SILENCE_MS) {
      this.close();
      this.options.onWorkerDeath();
    }
  }
}
