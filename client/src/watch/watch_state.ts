/** What the page that watches a replay knows and shows. */

import type { BootStage } from "../shared/messages";
import type { ReplayDescription } from "../shared/replay_messages";

export type WatchPhase =
  /** A file is to be chosen. */
  | "choosing"
  | "loading"
  | "ready"
  /** Nothing can be shown; `problem` says why. */
  | "failed";

export interface WatchProblem {
  title: string;
  sentence: string;
  /** The operator's key would help. */
  wantsKey: boolean;
}

export interface WatchState {
  phase: WatchPhase;
  /** What is waited for: the record, then Python. */
  stage: BootStage | "record" | null;
  /** Of loading Python, 0 to 1. */
  fraction: number;
  problem: WatchProblem | null;
  replay: ReplayDescription | null;
  /** What is seen. */
  position: number;
  episode: number;
  frame: number;
  /** Where the player of the page wants to be. */
  wanted: number;
  /** A far position is on its way: where it is; null otherwise. */
  seeking: number | null;
  isPlaying: boolean;
  speed: number;
  /** Whose view is drawn. */
  player: number;
  isMuted: boolean;
  isPanelOpen: boolean;
  /** Positions at which the state is another one than was recorded. */
  differing: readonly number[];
  /** Why it goes no further here; empty if it does. */
  stuck: string;
}

export const FIRST_WATCH_STATE: WatchState = {
  phase: "loading",
  stage: null,
  fraction: 0,
  problem: null,
  replay: null,
  position: 0,
  episode: 0,
  frame: 0,
  wanted: 0,
  seeking: null,
  isPlaying: false,
  speed: 1,
  player: 0,
  isMuted: false,
  isPanelOpen: true,
  differing: [],
  stuck: "",
};

/** Everything that can be asked for on the page. */
export interface WatchActions {
  toggle: () => void;
  seek: (position: number) => void;
  /** Pause, and go so many frames on or back. */
  step: (frames: number) => void;
  setSpeed: (speed: number) => void;
  setPlayer: (player: number) => void;
  setMuted: (isMuted: boolean) => void;
  setPanelOpen: (isOpen: boolean) => void;
  openFile: (file: Blob) => void;
  useKey: (key: string) => void;
  save: () => void;
}

export interface WatchView {
  root: HTMLElement;
  update: (state: Readonly<WatchState>) => void;
}
