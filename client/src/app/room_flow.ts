/** From the lobby into a room and out again: the player's wishes on one side, the server on the other. */

import { joinLink, placeAddress } from "../lobby/join_link";
import { sayChange } from "../lobby/room_news";
import type { MatchDescription } from "../shared/messages";
import { dropToken, keptToken } from "../signalling/kept_token";
import type {
  Decision,
  Departure,
  EntryReply,
  Newcomer,
  RoomRequest,
  RoomState,
  Signal,
} from "../signalling/room";
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
  /** We are in a room now, in whose match we perhaps are at once. */
  onEntered: (comesToMatch: boolean) => void;
  onMatch: (match: MatchDescription, localPeer: number) => void;
  onRelayToken: (token: string) => void;
  onNewcomer: (newcomer: Newcomer) => void;
  onGone: (peer: number, reason: Departure) => void;
  onSignal: (signal: Signal) => void;
  onDecision: (decision: Decision) => void;
  /** A sentence for whoever watches; may be empty. */
  onNews: (sentence: string) => void;
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
      ...handlers,
      onRoom: (room) => this.setRoom(room),
      onClosed: (reason) => this.onClosed(reason),
      onConnection: (isServerConnected) => store.update({ isServerConnected }),
    });
  }

  create(request: RoomRequest): void {
    const interval = this.flags.checksumIntervalFrames;
    const extra = interval === null ? {} : { checksum_interval_frames: interval };
    void this.enter("", () => this.signalling.createRoom({ ...request, ...extra }));
  }

  /** Take a seat, or watch; or take the place again that an earlier page of this tab had. */
  join(code: string, watch: boolean): void {
    if (code.length > LONGEST_CODE) {
      this.handlers.onProblem({ code: "wrong_code", detail: `${code.slice(0, LONGEST_CODE)}…` });
      return;
    }
    void this.enter(code, () => this.findPlace(code, watch));
  }

  quickMatch(): void {
    void this.enter("", () => this.signalling.quickMatch());
  }

  leave(): void {
    void this.signalling.leave();
    this.store.update({ room: null, link: "" });
    history.replaceState(null, "", placeAddress(null, false, location.search));
  }

  private async findPlace(code: string, watch: boolean): Promise<EntryReply> {
    const token = keptToken(code);
    if (token !== null) {
      try {
        return await this.signalling.comeBack(token);
      } catch (error) {
        const isForgotten = error instanceof SignallingError && error.code === "bad_token";
        if (!isForgotten) throw error;
        dropToken(code);
      }
    }
    return this.signalling.joinRoom(code, watch);
  }

  private async enter(code: string, ask: () => Promise<EntryReply>): Promise<void> {
    if (this.store.state.isAsking) return;
    if (!hasWebRtc(window)) {
      this.handlers.onProblem({ code: "no_webrtc", detail: "" });
      return;
    }
    this.store.update({ isAsking: true, joinCode: code });
    try {
      const { room, match } = await ask();
      this.setRoom(room);
      history.replaceState(null, "", placeAddress(room.code, room.seat === null, location.search));
      this.store.update({ isAsking: false, joinCode: "" });
      this.handlers.onEntered(match !== null);
      if (match !== null) this.signalling.noteMatch(match);
    } catch (error) {
      this.store.update({ isAsking: false });
      if (!(error instanceof SignallingError)) throw error;
      this.handlers.onProblem(problemOf(error, code));
    }
  }

  private setRoom(room: RoomState): void {
    const base = this.server.links.base_urls[0] ?? location.origin;
    const { state } = this.store;
    const isSame = state.room?.sitting === room.sitting && state.match !== null;
    if (state.isWatching && state.room !== null && isSame) {
      this.handlers.onNews(sayChange(state, state.room, room));
    }
    this.store.update({ room, link: joinLink(base, room.code), options: room.options });
  }

  private onClosed(reason: { code: string; message: string }): void {
    // A running match needs the server no longer; before it, the room was all we had.
    const { screen, room, isLinked } = this.store.state;
    if (screen === "waiting" || reason.code === "kicked") {
      this.handlers.onProblem(problemOf(reason, room?.code ?? ""));
    } else if (screen === "connecting" && !isLinked) {
      const detail = "The other page gave up first, or was closed.";
      this.handlers.onProblem({ code: "connection_failed", detail });
    }
  }
}
