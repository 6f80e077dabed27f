/** From the lobby into a room and out again: the player's wishes on one side, the server on the other. */

import { joinLink } from "../lobby/join_link";
import type { GameOptions, InputDelay, MatchDescription } from "../shared/messages";
import type { RoomState, Signal } from "../signalling/room";
import { Signalling } from "../signalling/signalling";
import { SignallingError } from "../signalling/signalling_error";
import { hasWebRtc } from "./capabilities";
import type { ServerDescription } from "./game_description";
import type { PageFlags } from "./page_flags";
import { type Problem, problemOf } from "./problems";
import type { AppState } from "./state";
import type { Store } from "./store";

/** The server does not even look at longer codes. */
const LONGEST_CODE = 20;

export interface RoomHandlers {
  /** We sit in a room now. */
  onEntered: () => void;
  onMatch: (match: MatchDescription, localPeer: number) => void;
  onSignal: (signal: Signal) => void;
  onProblem: (problem: Problem) => void;
}

export class RoomFlow {
  readonly signalling: Signalling;

  constructor(
    private readonly store: Store<AppState>,
    private readonly server: ServerDescription,
    private readonly flags: PageFlags,
    private readonly handlers: RoomHandlers,
  ) {
    this.signalling = new Signalling(server.version, {
      onRoom: (room) => this.setRoom(room),
      onMatch: (match) => handlers.onMatch(match, store.state.room?.you ?? 0),
      onSignal: handlers.onSignal,
      onClosed: (reason) => this.onClosed(reason),
      onConnection: (isServerConnected) => store.update({ isServerConnected }),
    });
  }

  create(options: GameOptions, inputDelay: InputDelay): void {
    const interval = this.flags.checksumIntervalFrames;
    const request = { options, input_delay: inputDelay };
    const extra = interval === null ? {} : { checksum_interval_frames: interval };
    void this.enter("", () => this.signalling.createRoom({ ...request, ...extra }));
  }

  join(code: string): void {
    if (code.length > LONGEST_CODE) {
      this.handlers.onProblem({ code: "wrong_code", detail: `${code.slice(0, LONGEST_CODE)}…` });
      return;
    }
    void this.enter(code, () => this.signalling.joinRoom(code));
  }

  quickMatch(): void {
    void this.enter("", () => this.signalling.quickMatch());
  }

  leave(): void {
    void this.signalling.leave();
    this.store.update({ room: null, link: "" });
    history.replaceState(null, "", `/${location.search}`);
  }

  private async enter(code: string, ask: () => Promise<RoomState>): Promise<void> {
    if (this.store.state.isAsking) return;
    if (!hasWebRtc(window)) {
      this.handlers.onProblem({ code: "no_webrtc", detail: "" });
      return;
    }
    this.store.update({ isAsking: true, joinCode: code });
    try {
      this.setRoom(await ask());
      this.store.update({ isAsking: false, joinCode: "" });
      this.handlers.onEntered();
    } catch (error) {
      this.store.update({ isAsking: false });
      if (!(error instanceof SignallingError)) throw error;
      this.handlers.onProblem(problemOf(error, code));
    }
  }

  private setRoom(room: RoomState): void {
    const base = this.server.links.base_urls[0] ?? location.origin;
    this.store.update({ room, link: joinLink(base, room.code), options: room.options });
  }

  private onClosed(reason: { code: string; message: string }): void {
    // A running match needs the server no longer; before it, the room was all we had.
    const { screen, room, isLinked } = this.store.state;
    if (screen === "waiting") this.handlers.onProblem(problemOf(reason, room?.code ?? ""));
    if (screen === "connecting" && !isLinked) {
      const detail = "The other page gave up first, or was closed.";
      this.handlers.onProblem({ code: "connection_failed", detail });
    }
  }
}
