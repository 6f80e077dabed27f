/**
 * Plays in the worker: ties Python's host, the links to the peers, the ticker and synctick.
 *
 * Everything that arrives is put into Python's inbox; each tick empties the outbox to where its
 * records belong. The only state kept here is what JavaScript alone can know.
 */

import type { PyProxy } from "pyodide/ffi";
import {
  type ChannelName,
  type EffectNews,
  type FromWorker,
  NO_EFFECTS,
  type PeerJoinedMessage,
  type ToWorker,
} from "../shared/messages";
import { readChecksums, readEffects, readEvent, readStatistics } from "./figures";
import { Links } from "./links";
import { In, Mailbox, Out, type OutRecord } from "./mailbox";
import { takeBytes } from "./python_bytes";
import { type RawSocket, RelaySocket } from "./relay_socket";
import { StatisticsKeeper } from "./statistics";
import { Synctick } from "./synctick";
import { Ticker, type Wake } from "./ticker";

/** The worker's surroundings, so that tests can bring their own. */
export interface PlayerEnvironment {
  /** Milliseconds on the page's time origin. */
  readonly now: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => number;
  readonly clearTimer: (timer: number) => void;
  readonly post: (message: FromWorker, transfer?: Transferable[]) => void;
  readonly wasmMemoryBytes: () => number;
  readonly makeSocket: (path: string) => RawSocket;
}

/** A frame waiting for the effects that belong to it. */
interface PendingFrame {
  readonly episode: number;
  readonly frame: number;
  readonly timeMs: number;
  readonly list: ArrayBuffer;
}

/** In the payload of a PEER, and the index of a RELAY; as in `peergym/hosts/mailbox.py`. */
const IS_PLAYER = 1;
const MAY_BE_DIRECT = 2;
const IS_TOKEN = 1;

const IMPAIRMENT_SEED = 20_210;
const FRAME_HEAD_BYTES = 16;
const ARRIVES_AS: Readonly<Record<ChannelName, number>> = {
  input: In.DATAGRAM,
  control: In.MESSAGE,
  bulk: In.BULK,
};

export class Player {
  private host: PyProxy | null = null;
  private mailbox: Mailbox | null = null;
  /** What was asked for before Python was there, except links, which cannot wait. */
  private early: ToWorker[] = [];
  private readonly links: Links;
  private readonly relay: RelaySocket;
  private readonly synctick = new Synctick();
  private readonly ticker: Ticker;
  private statistics: StatisticsKeeper;
  private pendingFrame: PendingFrame | null = null;
  private isPlayingEpisode = false;
  /** Whose record the pieces that come are of. */
  private recorded = { matchId: "", peer: 0 };

  constructor(private readonly environment: PlayerEnvironment) {
    this.links = new Links(
      environment,
      (peer, channel, data, arrivalMs) => this.receive(peer, channel, data, arrivalMs),
      (peer, isOpen) => this.tellState(In.LINK, peer, isOpen),
      environment.post,
      IMPAIRMENT_SEED,
    );
    this.relay = new RelaySocket(environment, {
      onState: (isOpen) => this.tellState(In.RELAY, 0, isOpen),
      onFrame: (data) => this.receiveRelayed(data),
      onRefused: () => this.environment.post({ type: "relay_refused" }),
    });
    this.statistics = new StatisticsKeeper(this.links, this.relay, this.synctick, false);
    this.ticker = new Ticker(
      { ...environment, shiftFor: (dueMs) => this.synctick.shiftFor(dueMs) },
      (nowMs) => this.tick(nowMs),
    );
  }

  /** Python is there: play what has been asked for meanwhile. */
  attach(host: PyProxy): void {
    this.host = host;
    this.mailbox = new Mailbox(host);
    // Not `handle`: what a match does to the links of the one before was done when it was asked for.
    for (const message of this.early.splice(0)) this.whenAttached(message);
  }

  /** Do what the page asks. */
  handle(message: ToWorker): void {
    switch (message.type) {
      case "channels":
        this.links.openTransferred(message);
        break;
      case "hop_open":
        this.links.openHop(message);
        break;
      case "hop_data":
        this.links.receiveHop(message);
        break;
      case "hop_close":
        this.links.closeHop(message.peer, message.channel);
        break;
      case "impair":
        this.links.impair(message);
        break;
      case "animation":
        this.synctick.noteAnimation(message.timeMs, message.periodMs);
        break;
      case "practice":
      case "match":
        // At once, even if it is played only later: what is opened from now on belongs to it, and
        // the end of an old link must not pass for the end of a new one.
        this.halt();
        this.closeLinks();
        this.whenAttached(message);
        break;
      default:
        this.whenAttached(message);
    }
  }

  private whenAttached(message: ToWorker): void {
    if (this.host && this.mailbox) this.handleWithHost(message, this.host, this.mailbox);
    else this.early.push(message);
  }

  private handleWithHost(message: ToWorker, host: PyProxy, mailbox: Mailbox): void {
    switch (message.type) {
      case "practice":
        this.play(message.type, () => host.start_practice(JSON.stringify(message)));
        break;
      case "match":
        this.recorded = { matchId: message.match.match_id, peer: message.localPeer };
        this.play(message.type, () => host.start_match(JSON.stringify(message)));
        for (const peer of this.links.openPeers()) this.tellState(In.LINK, peer, true);
        if (message.match.relay) this.relay.open(message.match.relay.path);
        break;
      case "action":
        mailbox.putAction(message.seat, message.action);
        break;
      case "ready":
        this.tell(In.READY);
        break;
      case "link":
        // An ICE restart or a healed path; before the match there is nothing to restore.
        if (message.state === "connected") this.tell(In.RESTORED, message.peer);
        break;
      case "peer_joined":
        mailbox.put(In.PEER, message.peer, this.flagsOf(message));
        this.ticker.wake();
        break;
      case "relay_token":
        this.tell(In.RELAY, IS_TOKEN, message.token);
        break;
      case "decision":
        this.tell(In.DECISION, 0, JSON.stringify(message));
        break;
      case "show_seat":
        host.show_seat(message.seat);
        break;
      case "leave":
        this.tell(In.LEAVE, 0, message.reason);
        // At once: the page may close the connection, or begin something else, right after.
        this.tick(this.environment.now());
        break;
      case "dump":
        this.postBytes(message.type, host.recording() as PyProxy);
        break;
      case "desync_dump":
        this.postBytes(message.type, host.desync_dump() as PyProxy);
        break;
      case "stop":
        this.halt();
        this.closeLinks();
        host.stop();
    }
  }

  private play(kind: "practice" | "match", start: () => void): void {
    this.statistics = new StatisticsKeeper(
      this.links,
      this.relay,
      this.synctick,
      kind === "practice",
    );
    start();
    this.ticker.start();
  }

  private halt(): void {
    this.ticker.stop();
    this.mailbox?.clear();
    this.pendingFrame = null;
    this.isPlayingEpisode = false;
  }

  private tell(kind: number, index = 0, text = ""): void {
    this.mailbox?.put(kind, index, new TextEncoder().encode(text));
    this.ticker.wake();
  }

  private receive(
    peer: number,
    channel: ChannelName,
    data: Uint8Array<ArrayBuffer>,
    arrivalMs: number,
  ): void {
    // Before Python is there, bytes are dropped: until it answers, a peer repeats its hello.
    const isKept = this.mailbox?.put(ARRIVES_AS[channel], peer, data, arrivalMs) ?? true;
    if (!isKept) this.links.breakWith(peer);
    // While frames are played, the next is near, and its time must not be disturbed.
    if (!this.isPlayingEpisode) this.ticker.wake();
  }

  private tellState(kind: number, index: number, isOpen: boolean): void {
    this.mailbox?.put(kind, index, Uint8Array.of(isOpen ? 1 : 0));
    this.ticker.wake();
  }

  private flagsOf({ seat, offers }: PeerJoinedMessage): Uint8Array {
    const mayBeDirect = offers.some((pair) => pair.includes(this.recorded.peer));
    return Uint8Array.of((seat === null ? 0 : IS_PLAYER) | (mayBeDirect ? MAY_BE_DIRECT : 0));
  }

  private receiveRelayed(data: Uint8Array<ArrayBuffer>): void {
    this.links.passRelayed("in", data, () => {
      // A gap in what is reliable is repaired by beginning anew: the others repeat themselves.
      const isKept = this.mailbox?.put(In.RELAYED, 0, data, this.environment.now()) ?? false;
      if (!isKept) this.relay.reopen();
      if (!this.isPlayingEpisode) this.ticker.wake();
      return isKept;
    });
  }

  private sendRelayed(frame: Uint8Array<ArrayBuffer>): void {
    if (frame.byteLength === 0) this.relay.reopen();
    else this.links.passRelayed("out", frame, () => this.relay.send(frame));
  }

  private closeLinks(): void {
    this.links.close();
    this.relay.close();
  }

  private postBytes(type: "dump" | "desync_dump", proxy: PyProxy): void {
    const bytes = takeBytes(proxy);
    const isEmpty = bytes.byteLength === 0;
    this.environment.post({ type, bytes: isEmpty ? null : bytes }, isEmpty ? [] : [bytes]);
  }

  private tick(nowMs: number): Wake {
    const asleep = {
      atMs: Number.POSITIVE_INFINITY,
      isFrame: false,
      isPlaying: false,
      more: false,
    };
    if (this.mailbox === null) return asleep;
    let wake: Wake;
    try {
      wake = this.mailbox.tick(nowMs, (record) => this.take(record));
    } catch (error) {
      this.fail(error);
      return asleep;
    }
    this.postFrame(NO_EFFECTS);
    this.isPlayingEpisode = wake.isPlaying;
    this.statistics.noteTick(this.environment.now() - nowMs, this.ticker.lateMs);
    return wake;
  }

  private fail(error: unknown): void {
    this.halt();
    const message = error instanceof Error ? error.message : String(error);
    this.environment.post({ type: "failed", during: "play", message });
  }

  private take({ kind, index, payload }: OutRecord): void {
    switch (kind) {
      case Out.DATAGRAM:
        this.links.send(index, "input", payload.slice());
        break;
      case Out.MESSAGE:
        this.links.send(index, "control", payload.slice());
        break;
      case Out.BULK:
        this.links.send(index, "bulk", payload.slice());
        break;
      case Out.RELAYED:
        this.sendRelayed(payload.slice());
        break;
      case Out.FRAME:
        this.takeFrame(payload);
        break;
      case Out.EFFECTS:
        this.postFrame(readEffects(payload));
        break;
      case Out.STATISTICS:
        this.takeStatistics(payload);
        break;
      case Out.EVENT: {
        const timeMs = this.environment.now();
        this.environment.post({ type: "event", timeMs, event: readEvent(payload) });
        break;
      }
      case Out.CHECKSUMS:
        this.environment.post({ type: "checksums", ...readChecksums(payload) });
        break;
      case Out.REPLAY: {
        const data = payload.slice().buffer as ArrayBuffer;
        const isLast = index !== 0;
        this.environment.post({ type: "replay_piece", ...this.recorded, data, isLast }, [data]);
        break;
      }
    }
  }

  private takeFrame(payload: Uint8Array): void {
    this.postFrame(NO_EFFECTS);
    const view = new DataView(payload.buffer, payload.byteOffset, FRAME_HEAD_BYTES);
    this.pendingFrame = {
      episode: view.getUint32(0, true),
      frame: view.getInt32(4, true),
      timeMs: view.getFloat64(8, true),
      list: payload.slice(FRAME_HEAD_BYTES).buffer as ArrayBuffer,
    };
    this.statistics.noteFrame(this.environment.now());
  }

  private postFrame(effects: EffectNews): void {
    const frame = this.pendingFrame;
    this.pendingFrame = null;
    if (frame) this.environment.post({ type: "frame", ...frame, effects }, [frame.list]);
  }

  private takeStatistics(payload: Uint8Array): void {
    const memoryBytes = this.environment.wasmMemoryBytes();
    const nowMs = this.environment.now();
    this.environment.post(this.statistics.message(readStatistics(payload), nowMs, memoryBytes));
  }
}
