/**
 * The connections to the other players of a match, as the page needs them: opened with one call, and given
 * up with a clear word when no path is found.
 */

import type { Signal as PeerSignal } from "../peer/connection";
import { PeerMesh } from "../peer/mesh";
import type { InputChannel } from "../shared/channels";
import type { ChannelName, MatchDescription } from "../shared/messages";
import type { Departure, Newcomer, Signal, SignalKind } from "../signalling/room";
import type { PythonWorker } from "./python_worker";

/** A pair of addresses in use, each as `ip:port`, with the types of ICE (`host`, `srflx`, `relay` …). */
export interface CandidatePair {
  peer: number;
  local: string;
  remote: string;
  localType: string;
  remoteType: string;
}

export interface LinkOptions {
  match: MatchDescription;
  localPeer: number;
  /** Whether Python is there; before, no peer can be reached but directly. */
  isReady: () => boolean;
  usesHop: boolean;
  inputChannel: InputChannel;
  worker: PythonWorker;
  signal: (to: number, kind: SignalKind, payload: unknown) => void;
  freshIceServers: () => Promise<readonly RTCIceServer[] | null>;
  /** What keeps STUN and TURN servers from helping, in sentences; each once. */
  onTroubles: (sentences: readonly string[]) => void;
  /** No path to a peer was found in time. */
  onFailed: (detail: string) => void;
  onWorkerDeath: () => void;
}

/**
 * A path is found within a second or two if there is one; ICE itself gives up after 15 to 30 s. A peer whose
 * page is slow to load may answer late, so this is generous.
 */
const PATH_WITHIN_MS = 25_000;
/** How often to look whether Python is there. */
const LOOK_AGAIN_MS = 500;
/** A goodbye arrives within this time, or not at all. */
const LAST_WORDS_MS = 1000;

export class Links {
  private readonly mesh: PeerMesh;
  private readonly missing: Set<number>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly troubles = new Map<number, readonly string[]>();

  constructor(private readonly options: LinkOptions) {
    const { match, localPeer, usesHop, inputChannel, worker } = options;
    this.missing = new Set(match.owners.filter((peer) => peer !== localPeer && peer >= 0));
    this.awaitPaths();
    this.mesh = new PeerMesh({
      post: (message, transfer) => worker.post(message, transfer),
      match,
      localPeer,
      forceHop: usesHop,
      inputChannel,
      sendSignal: (to, signal) => options.signal(to, signal.kind, signal.payload),
      freshIceServers: options.freshIceServers,
      onState: (peer, state) => this.noteState(peer, state),
      onTroubles: (peer, sentences) => {
        this.troubles.set(peer, sentences);
        options.onTroubles(this.allTroubles());
      },
      onWorkerDeath: options.onWorkerDeath,
    });
  }

  /** Take a description or candidate of another peer. */
  receive(signal: Signal): void {
    const { kind, payload } = signal;
    this.mesh.acceptSignal(signal.from, { kind, payload } as PeerSignal);
  }

  /** Somebody has come to the match. */
  admit(newcomer: Newcomer): void {
    this.mesh.admit(newcomer.offers);
  }

  /** Nobody is behind this peer id any more; its last words may still be on their way. */
  dismiss(peer: number, reason: Departure): void {
    // Who has only lost the server plays on, where there is a way to him.
    if (reason === "lost" && this.mesh.isConnected(peer)) return;
    this.noteReached(peer);
    this.troubles.delete(peer);
    setTimeout(() => this.mesh.dismiss(peer), LAST_WORDS_MS);
  }

  /** The session has heard of this peer, over whichever route. */
  noteReached(peer: number): void {
    this.missing.delete(peer);
    if (this.missing.size === 0) clearTimeout(this.timer);
  }

  /** The session is in the match. */
  noteArrived(): void {
    this.missing.clear();
    clearTimeout(this.timer);
  }

  /** Send what the worker wants sent, where the page holds the channels (the hop). */
  send(peer: number, channel: ChannelName, data: ArrayBuffer): void {
    this.mesh.sendHop(peer, channel, data);
  }

  noteWorkerAlive(): void {
    this.mesh.noteWorkerAlive();
  }

  async selectedPairs(): Promise<CandidatePair[]> {
    const pairs: CandidatePair[] = [];
    for (const [peer, pair] of await this.mesh.selectedPairs()) {
      if (pair === null) continue;
      const say = (end: { address: string; port: number }): string => `${end.address}:${end.port}`;
      const types = { localType: pair.local.type, remoteType: pair.remote.type };
      pairs.push({ peer, local: say(pair.local), remote: say(pair.remote), ...types });
    }
    return pairs;
  }

  close(): void {
    clearTimeout(this.timer);
    this.mesh.close();
  }

  private noteState(peer: number, state: RTCPeerConnectionState): void {
    if (state === "connected") this.noteReached(peer);
  }

  /** Give the peers their time, which begins when Python is there to answer them. */
  private awaitPaths(): void {
    this.timer = this.options.isReady()
      ? setTimeout(() => this.giveUp(), PATH_WITHIN_MS)
      : setTimeout(() => this.awaitPaths(), LOOK_AGAIN_MS);
  }

  private giveUp(): void {
    if (this.missing.size > 0) {
      const words = [`No path was found within ${PATH_WITHIN_MS / 1000} s.`, ...this.allTroubles()];
      this.options.onFailed(words.join(" "));
    }
  }

  private allTroubles(): string[] {
    return [...new Set([...this.troubles.values()].flat())];
  }
}
