/** Decodes statistics, events, effects and checksums; `peergym/hosts/figures.py` is the other side. */

import type { EffectNews, PeerStatistics, SessionEvent, SessionState } from "../shared/messages";
import { SESSION_STATES } from "../shared/messages";

/** The order of a session's figures; the same list as in Python. */
export const SESSION_FIGURES = [
  "state",
  "episode",
  "frame",
  "completeFrame",
  "confirmedFrame",
  "inputDelayFrames",
  "rollbackDepthFrames",
  "maxRollbackDepthFrames",
  "rollbacks",
  "rollbackFrames",
  "stalls",
  "stalledForBits",
  "skippedTicks",
  "periodTrim",
  "snapshotsHeld",
] as const;
/** The order of the figures of each remote peer, which follow; the same list as in Python. */
export const PEER_FIGURES = [
  "peer",
  "rttMs",
  "rttJitterMs",
  "leadMs",
  "inputBufferFrames",
  "oneSidedFrames",
  "silentMs",
  "route",
  "lossInPercent",
  "lossOutPercent",
  "oneWayChangeMs",
] as const;

type Named<Names extends readonly string[]> = Record<Names[number], number>;

/** What Python knows of the statistics; the worker adds what concerns its own doings. */
export type SessionFigures = Omit<Named<typeof SESSION_FIGURES>, "state" | "stalledForBits"> & {
  readonly state: SessionState;
  readonly stalledFor: readonly number[];
  readonly peers: readonly PeerStatistics[];
};

function readNamed<Names extends readonly string[]>(
  view: DataView,
  names: Names,
  at: number,
): Named<Names> {
  const figures = names.map((name, index) => [name, view.getFloat64(at + 8 * index, true)]);
  return Object.fromEntries(figures) as Named<Names>;
}

function bitsSet(bits: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter(
    (bit) => Math.floor(bits / 2 ** bit) % 2 === 1,
  );
}

export function readStatistics(payload: Uint8Array): SessionFigures {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const { state, stalledForBits, ...figures } = readNamed(view, SESSION_FIGURES, 0);
  const peers: PeerStatistics[] = [];
  const peerBytes = 8 * PEER_FIGURES.length;
  for (let at = 8 * SESSION_FIGURES.length; at < payload.byteLength; at += peerBytes) {
    peers.push(readNamed(view, PEER_FIGURES, at));
  }
  return {
    ...figures,
    state: SESSION_STATES[state] ?? "closed",
    stalledFor: bitsSet(stalledForBits),
    peers,
  };
}

/** The figures of the peer that matters most: each the worst of all. */
export function worstPeer(
  peers: readonly PeerStatistics[],
): Pick<PeerStatistics, "rttMs" | "rttJitterMs" | "leadMs" | "inputBufferFrames"> {
  const none = { rttMs: 0, rttJitterMs: 0, leadMs: 0, inputBufferFrames: 0 };
  if (peers.length === 0) return none;
  return {
    rttMs: Math.max(...peers.map((peer) => peer.rttMs)),
    rttJitterMs: Math.max(...peers.map((peer) => peer.rttJitterMs)),
    leadMs: peers.reduce((worst, { leadMs }) => {
      return Math.abs(leadMs) > Math.abs(worst) ? leadMs : worst;
    }, 0),
    inputBufferFrames: Math.min(...peers.map((peer) => peer.inputBufferFrames)),
  };
}

const decoder = new TextDecoder();

/** Text from a view on Python's memory. */
export function readText(payload: Uint8Array): string {
  return decoder.decode(payload.slice());
}

export function readEvent(payload: Uint8Array): SessionEvent {
  return JSON.parse(readText(payload)) as SessionEvent;
}

export function readEffects(payload: Uint8Array): EffectNews {
  return JSON.parse(readText(payload)) as EffectNews;
}

/** Confirmed checksums: the episode, and (frame, 16 hex digits). */
export function readChecksums(payload: Uint8Array): {
  episode: number;
  pairs: (readonly [number, string])[];
} {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const pairs: (readonly [number, string])[] = [];
  for (let at = 4; at < payload.byteLength; at += 12) {
    const checksum = view
      .getBigUint64(at + 4, true)
      .toString(16)
      .padStart(16, "0");
    pairs.push([view.getInt32(at, true), checksum]);
  }
  return { episode: view.getUint32(0, true), pairs };
}
