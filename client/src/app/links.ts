/** What the page needs from the connections to the other players. */

import type { ChannelName } from "../shared/messages";
import type { Signal } from "../signalling/room";

export interface CandidatePair {
  peer: number;
  local: string;
  remote: string;
}

export interface Links {
  /** Take a description or candidate of another peer. */
  receive: (signal: Signal) => void;
  /** Send what the worker wants sent, where the page holds the channels (the hop). */
  send: (peer: number, channel: ChannelName, data: ArrayBuffer) => void;
  /** The pairs of addresses in use, for tests. */
  selectedPairs: () => Promise<CandidatePair[]>;
  close: () => void;
}
