/**
 * Every message between the page (main thread) and the worker that hosts Python.
 *
 * Times ending in `Ms` that name a moment (`timeMs`) are milliseconds on the *page's* time origin,
 * as `performance.now()` and animation frames of the page give them; the worker, whose own origin
 * is later, converts. Times ending in `Ms` that name a length are plain milliseconds.
 * Frame f is the state before the inputs of f are applied. Peers and seats count from 0.
 */

import type { ReplayFromWorker, ReplayToWorker } from "./replay_messages";

// ---------------------------------------------------------------- what a match is

/** A choice made in the lobby and passed to the game's `reset(options=...)`. */
export type GameOptions = Readonly<Record<string, number | string | boolean>>;

/** Input delay as the room states it: a rule by name, or a fixed number of frames. */
export type InputDelay = "auto" | "article" | number;

/** The server's description of a match, exactly as it comes over signalling. */
export interface MatchDescription {
  readonly match_id: string;
  /** A 64-bit integer in decimal: a string, for a JavaScript number would round it. */
  readonly seed: string;
  /** For each seat the peer that runs it, -1 for an empty one. Who is not among them comes late. */
  readonly owners: readonly number[];
  /** Peers that only watch. */
  readonly spectators: readonly number[];
  readonly options: GameOptions;
  readonly input_delay: InputDelay;
  readonly prediction_window: number;
  /** What becomes of a seat in which nobody sits. */
  readonly absent: "end" | "noop" | "agent";
  /** Whether the server decides between two equal halves. */
  readonly has_arbiter: boolean;
  /** For how long a place is kept for somebody who is away. */
  readonly grace_s: number;
  readonly checksum_interval_frames: number;
  /** Pairs of (peer that offers, peer that answers). The room decides, so there is no glare. */
  readonly offers: readonly (readonly [number, number])[];
  /** With credentials of this page's own, where a server wants some. */
  readonly ice_servers: readonly RTCIceServer[];
  readonly ice_policy: RTCIceTransportPolicy;
  /** With it this page hands its record in; absent where the server keeps none. */
  readonly record_token?: string;
  /** Through which peers speak that find no direct way; null where there is none. */
  readonly relay?: { readonly path: string; readonly token: string } | null;
}

/** Switches given in the page's address, for tests and the curious. */
export interface MatchFlags {
  /** Resimulate this many frames in every tick (`?force-rollback=8`); 0 is off. */
  readonly forceRollbackFrames: number;
  /** Record every call of the session for `dump`; up to 32 MB an hour, so off unless asked for. */
  readonly record: boolean;
  /**
   * A testing aid: from this frame of the first episode on, one number of the state is another one
   * in this page alone (`?plant-desync=240`); 0 is off.
   */
  readonly plantedDesyncFrame: number;
}

/** Where Python and the game come from. */
export interface BootManifest {
  /** Folder of Pyodide's files, ending in a slash. */
  readonly pyodideUrl: string;
  /** The zip with our package and the game. */
  readonly runtimeUrl: string;
  /** Digest of what is in the zip; peers with another one do not play together. */
  readonly digest: string;
  /** Digest of our own package alone; a snapshot is used only if it was made of the same. */
  readonly packageDigest: string;
  /** Packages of Pyodide that the game needs, such as NumPy; mostly none. */
  readonly packages: readonly PyodidePackage[];
  /** The game, as `peergym.envs.load.load_game` understands it inside the zip. */
  readonly spec: string;
  /** The memory snapshot to start from; null for a plain start (`?no-snapshot`). */
  readonly snapshot: SnapshotManifest | null;
}

/** A package that belongs to the distribution of Pyodide and is loaded before the game. */
export interface PyodidePackage {
  readonly name: string;
  readonly url: string;
  /** Of its file, in hex. */
  readonly sha256: string;
  /** Modules that it has; none for a library that others link to. */
  readonly imports: readonly string[];
}

/** A memory snapshot of Pyodide with our modules imported. */
export interface SnapshotManifest {
  readonly url: string;
  /** SHA-256 of the uncompressed snapshot, in hex. */
  readonly digest: string;
  /** Digest of the package the snapshot holds; used only if the package served is the same. */
  readonly packageDigest: string;
  /** Version of Pyodide that made it; used only under that version. */
  readonly pyodideVersion: string;
}

// ---------------------------------------------------------------- channels

/** The three negotiated channels of a pair of peers; the number is the channel's fixed id. */
export const CHANNEL_IDS = { input: 0, control: 1, bulk: 2 } as const;
export type ChannelName = keyof typeof CHANNEL_IDS;
export const CHANNEL_NAMES: readonly ChannelName[] = ["input", "control", "bulk"];

// ---------------------------------------------------------------- page to worker

/** Load Python; answered by `progress`, then `booted` or `failed`. Send it once, first. */
export interface BootMessage {
  readonly type: "boot";
  readonly manifest: BootManifest;
  /** `performance.timeOrigin` of the page. */
  readonly pageTimeOriginMs: number;
}

/** Play against the game's own policy, in this worker alone. Replaces what was being played. */
export interface PracticeMessage {
  readonly type: "practice";
  readonly options: GameOptions;
  /** A 64-bit integer in decimal. */
  readonly seed: string;
  readonly localSeat: number;
  /** How many seats, for games that take any number. */
  readonly players: number;
}

/**
 * Play a match. Replaces what was played and closes its links: the new ones come afterwards.
 * The worker is ready for the first episode as soon as Python is warm; `ready` is for the next ones.
 */
export interface MatchMessage {
  readonly type: "match";
  readonly match: MatchDescription;
  readonly localPeer: number;
  /** What one who is not among the owners wants; without a seat he only watches. */
  readonly seat?: number | null;
  readonly flags: MatchFlags;
}

/** Somebody has come to the match while it runs: to play, or with `seat` null to watch. */
export interface PeerJoinedMessage {
  readonly type: "peer_joined";
  readonly peer: number;
  readonly seat: number | null;
  /** The pairs of this peer that connect directly. */
  readonly offers: MatchDescription["offers"];
}

/** A fresh token for the relay: because a place was taken again, or after `relay_refused`. */
export interface RelayTokenMessage {
  readonly type: "relay_token";
  readonly token: string;
}

/** What the server has decided about a group that the event `ArbiterWanted` named. */
export interface DecisionMessage {
  readonly type: "decision";
  readonly epoch: number;
  readonly group: readonly number[];
  readonly isGranted: boolean;
}

/** Draw the match as another seat sees it; for somebody who watches. */
export interface ShowSeatMessage {
  readonly type: "show_seat";
  readonly seat: number;
}

/** The channels of one peer, transferred. */
export interface ChannelsMessage {
  readonly type: "channels";
  readonly peer: number;
  readonly input: RTCDataChannel;
  readonly control: RTCDataChannel;
  readonly bulk: RTCDataChannel;
}

/** The channels of one peer stay in the page, which passes their data on (the hop). */
export interface HopOpenMessage {
  readonly type: "hop_open";
  readonly peer: number;
  readonly channel: ChannelName;
}
/** Page to worker: received. Worker to page: to be sent. */
export interface HopDataMessage {
  readonly type: "hop_data";
  readonly peer: number;
  readonly channel: ChannelName;
  readonly data: ArrayBuffer;
}
export interface HopCloseMessage {
  readonly type: "hop_close";
  readonly peer: number;
  readonly channel: ChannelName;
}

/** The state of the RTCPeerConnection to a peer, forwarded on each change. */
export interface LinkMessage {
  readonly type: "link";
  readonly peer: number;
  readonly state: RTCPeerConnectionState;
}

/** The action held by a seat of this page from now on; an action number of the game. */
export interface ActionMessage {
  readonly type: "action";
  readonly seat: number;
  readonly action: number;
}

/** Ready for the next episode (a rematch). */
export interface ReadyMessage {
  readonly type: "ready";
}

/** Say goodbye to all peers and end the match; the worker stays booted. */
export interface LeaveMessage {
  readonly type: "leave";
  readonly reason: string;
}

/** Worsen the network: acts on what this worker receives and sends. Zeros switch it off. */
export interface ImpairMessage {
  readonly type: "impair";
  /** Delay added each way, in milliseconds. */
  readonly delayMs: number;
  /** Each delay varies uniformly by plus or minus this. */
  readonly jitterMs: number;
  /** Percent of datagrams lost each way (on the reliable channels: delayed instead). */
  readonly lossPercent: number;
}

/** An animation frame of the page, for synctick: its time and the display's period. */
export interface AnimationMessage {
  readonly type: "animation";
  readonly timeMs: number;
  readonly periodMs: number;
}

/** Ask for the flight recording; answered by `dump`. */
export interface DumpRequestMessage {
  readonly type: "dump";
}

/** Ask for the file about the latest desync; answered by `desync_dump`. */
export interface DesyncDumpRequestMessage {
  readonly type: "desync_dump";
}

/** Drop what is being played, without goodbye, and close its channels. */
export interface StopMessage {
  readonly type: "stop";
}

export type ToWorker =
  | BootMessage
  | PracticeMessage
  | MatchMessage
  | PeerJoinedMessage
  | RelayTokenMessage
  | DecisionMessage
  | ShowSeatMessage
  | ChannelsMessage
  | HopOpenMessage
  | HopDataMessage
  | HopCloseMessage
  | LinkMessage
  | ActionMessage
  | ReadyMessage
  | LeaveMessage
  | ImpairMessage
  | AnimationMessage
  | DumpRequestMessage
  | DesyncDumpRequestMessage
  | StopMessage
  | ReplayToWorker;

// ---------------------------------------------------------------- worker to page

export type BootStage = "download" | "start" | "import" | "warm_up";

/** How far loading has come; `fraction` of the whole boot, 0 to 1, never decreasing. */
export interface ProgressMessage {
  readonly type: "progress";
  readonly stage: BootStage;
  readonly fraction: number;
}

export interface BootedMessage {
  readonly type: "booted";
  readonly how: "snapshot" | "plain";
  /** Why the snapshot offered was not used; null if it was used or none was offered. */
  readonly snapshotRefused: string | null;
  readonly durationMs: number;
  readonly pythonVersion: string;
}

/** A frame to draw: the newest state as it is believed to be now. */
export interface FrameMessage {
  readonly type: "frame";
  readonly episode: number;
  readonly frame: number;
  /** The frame's nominal time: evenly spaced, free of timer jitter and synctick. */
  readonly timeMs: number;
  /** Binary display list of `peergym.envs.surface`, for the local seat; transferred. */
  readonly list: ArrayBuffer;
  readonly effects: EffectNews;
}

/** An effect to play now; each comes once in spite of rollback. */
export interface StartedEffect {
  /** Names this one until the end of the match. */
  readonly id: number;
  readonly name: string;
  /** The frame it belongs to. */
  readonly frame: number;
  /** How long ago that was, where only a correction has brought it to light; otherwise 0. */
  readonly lateMs: number;
}

/** Something that has happened for good, on every peer: told once, and to be played in full. */
export interface ConfirmedEvent {
  readonly frame: number;
  readonly name: string;
}

/** What a frame changes in what is heard. */
export interface EffectNews {
  readonly started: readonly StartedEffect[];
  /** Ids of started effects that never happened: to be broken off if they still sound. */
  readonly stopped: readonly number[];
  readonly confirmed: readonly ConfirmedEvent[];
}

export const NO_EFFECTS: EffectNews = { started: [], stopped: [], confirmed: [] };

/** As in `peergym/rollback/session.py`, in the order of their numbers on the way to the page. */
export const SESSION_STATES = [
  "handshake",
  "waiting",
  "following",
  "playing",
  "ended",
  "closed",
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** How it stands with one remote peer. */
export interface PeerStatistics {
  readonly peer: number;
  /** Ping: smoothed round-trip time; 0 until measured. */
  readonly rttMs: number;
  readonly rttJitterMs: number;
  /** How far our frames run ahead of the peer's; negative is behind (lag). */
  readonly leadMs: number;
  /** Positive: the peer's inputs arrive so many frames before they are needed. */
  readonly inputBufferFrames: number;
  /** Frames rolled back here because of the peer minus the other way round. */
  readonly oneSidedFrames: number;
  readonly silentMs: number;
  /** By which way it is reached: 0 by none, 1 directly, 2 through the relay. */
  readonly route: number;
  /** Share of the datagrams on this route that were lost lately, from the peer and to it. */
  readonly lossInPercent: number;
  readonly lossOutPercent: number;
  /** How much longer than at best the newest datagram was under way. */
  readonly oneWayChangeMs: number;
}

/** Sent about 20 times a second while something is played. Totals are of this match. */
export interface StatisticsMessage {
  readonly type: "statistics";
  readonly timeMs: number;
  readonly state: SessionState;
  readonly practice: boolean;
  readonly episode: number;
  readonly frame: number;
  readonly completeFrame: number;
  readonly confirmedFrame: number;
  /** The four of the worst peer (largest ping, largest lead by size, least buffer); see `peers`. */
  readonly rttMs: number;
  readonly rttJitterMs: number;
  readonly leadMs: number;
  readonly inputBufferFrames: number;
  readonly peers: readonly PeerStatistics[];
  readonly inputDelayFrames: number;
  /** Deepest rollback since the statistics before these. */
  readonly rollbackDepthFrames: number;
  readonly maxRollbackDepthFrames: number;
  readonly rollbacks: number;
  readonly rollbackFrames: number;
  /** Ticks in which the frame could not be advanced. */
  readonly stalls: number;
  /** Seats whose inputs the latest tick waited for; empty when it advanced. */
  readonly stalledFor: readonly number[];
  readonly skippedTicks: number;
  /** Correction of the frame period by time sync, as a fraction (0.01 is 1 % slower). */
  readonly periodTrim: number;
  readonly snapshotsHeld: number;
  /** From the latest animation frame to the tick's nominal time, 0 to one display period. */
  readonly framesyncMs: number;
  /** What synctick adds to the tick: 0, or 4 scaled to the display. */
  readonly synctickMs: number;
  readonly displayRateHz: number;
  readonly gameRateHz: number;
  /** Application bytes on all channels, over the last second. */
  readonly bytesPerSecondIn: number;
  readonly bytesPerSecondOut: number;
  /** Datagrams on channel `input`, over the last second. */
  readonly packetsPerSecondIn: number;
  readonly packetsPerSecondOut: number;
  /** Mean duration of the call into Python since the statistics before these. */
  readonly tickMs: number;
  /** How much later than asked for the latest tick began. */
  readonly tickLateMs: number;
  /** Datagrams not sent because the channel's buffer was full. */
  readonly datagramsSkipped: number;
  readonly wasmMemoryBytes: number;
}

/** Events of the session; names and meanings are those of `peergym/rollback/events.py`. */
export type SessionEvent =
  | { readonly name: "PeerConnected"; readonly peer: number }
  | {
      readonly name: "PeerRefused";
      readonly peer: number;
      /** [what, ours, theirs] for each entry that differs. */
      readonly differences: readonly (readonly [string, string, string])[];
    }
  | { readonly name: "PeerReady"; readonly peer: number; readonly episode: number }
  | { readonly name: "EpisodeStarted"; readonly episode: number; readonly seed: string }
  | {
      readonly name: "EpisodeEnded";
      readonly episode: number;
      readonly frame: number;
      readonly checksum: string;
    }
  | {
      readonly name: "PeerInterrupted";
      readonly peer: number;
      readonly silentMs: number;
      readonly dropInMs: number;
    }
  | { readonly name: "PeerResumed"; readonly peer: number; readonly silentMs: number }
  | { readonly name: "PeerLost"; readonly peer: number; readonly claimedBy: number }
  | { readonly name: "PeerLeft"; readonly peer: number; readonly reason: string }
  | {
      readonly name: "PlayerCut";
      readonly player: number;
      readonly frame: number;
      readonly epoch: number;
      readonly peer: number;
      /** The peer that runs an agent in the seat from there on; -1 for an empty seat. */
      readonly heir: number;
    }
  | {
      readonly name: "PlayerJoined";
      readonly player: number;
      readonly frame: number;
      readonly epoch: number;
      readonly peer: number;
    }
  | {
      readonly name: "ArbiterWanted";
      readonly epoch: number;
      readonly group: readonly number[];
      /** Those it is a half of; what Python's host adds. */
      readonly members: readonly number[];
    }
  | { readonly name: "Excluded"; readonly confirmedFrame: number }
  | {
      readonly name: "Following";
      readonly episode: number;
      readonly frame: number;
      readonly peer: number;
    }
  | {
      readonly name: "Reexecuting";
      readonly episode: number;
      readonly frame: number;
      readonly toFrame: number;
    }
  | { readonly name: "MatchEnded"; readonly reason: string }
  | {
      readonly name: "DesyncDetected";
      readonly peer: number;
      readonly frame: number;
      readonly localChecksum: string;
      readonly remoteChecksum: string;
      readonly lastEqualFrame: number;
      /** Whether `MatchRepaired` may follow; what Python's host adds. */
      readonly isRepairable: boolean;
    }
  | {
      readonly name: "DesyncLocated";
      readonly peer: number;
      readonly frame: number;
      readonly difference: string;
    }
  | {
      readonly name: "MatchRepaired";
      readonly episode: number;
      readonly frame: number;
      /** Whose state counts. */
      readonly peer: number;
      /** Whether ours was another. */
      readonly wasReplaced: boolean;
    }
  | {
      readonly name: "RepairFailed";
      readonly episode: number;
      /** Whose state stays another. */
      readonly peer: number;
      readonly reason: string;
    }
  | { readonly name: "StateRefused"; readonly peer: number; readonly reason: string }
  | { readonly name: "InputDelayChanged"; readonly player: number; readonly delayFrames: number }
  | {
      readonly name: "RouteChanged";
      readonly peer: number;
      readonly route: "direct" | "relay" | "none";
      /** Why, for people. */
      readonly reason: string;
    }
  | {
      readonly name: "ProtocolViolated";
      readonly peer: number;
      readonly channel: string;
      readonly message: string;
    };

export interface EventMessage {
  readonly type: "event";
  readonly timeMs: number;
  readonly event: SessionEvent;
}

/** Confirmed checksums, each (frame, 16 hex digits), frames ascending within an episode. */
export interface ChecksumsMessage {
  readonly type: "checksums";
  readonly episode: number;
  readonly pairs: readonly (readonly [number, string])[];
}

/** All three channels to a peer are open, or one has closed. */
export interface PeerLinkMessage {
  readonly type: "peer_link";
  readonly peer: number;
  readonly open: boolean;
  readonly route: "transferred" | "hop";
}

/** The relay has refused the token; without a `relay_token`, it will do so again. */
export interface RelayRefusedMessage {
  readonly type: "relay_refused";
}

/** The flight recording; null when nothing was recorded. */
export interface DumpMessage {
  readonly type: "dump";
  readonly bytes: ArrayBuffer | null;
}

/** What `peergym desync` opens; null when there was no desync. */
export interface DesyncDumpMessage {
  readonly type: "desync_dump";
  readonly bytes: ArrayBuffer | null;
}

/** The worker cannot go on with what it was doing; `during` says with what. */
export interface FailedMessage {
  readonly type: "failed";
  readonly during: "boot" | "play";
  readonly message: string;
}

export type FromWorker =
  | ProgressMessage
  | BootedMessage
  | FrameMessage
  | StatisticsMessage
  | EventMessage
  | ChecksumsMessage
  | PeerLinkMessage
  | RelayRefusedMessage
  | HopDataMessage
  | DumpMessage
  | DesyncDumpMessage
  | FailedMessage
  | ReplayFromWorker;
