/**
 * What the events of a session change on the page.
 *
 * A pure function from (state, event) to the fields that change and the step of the screens, so that each
 * notice and each ending is one line that a test can look at.
 */

import type { SessionEvent, SessionState } from "../shared/messages";
import { addDesync, giveUpRepair, noteDifference, noteRepair } from "./desync";
import type { ScreenEvent } from "./screens";
import { seatName } from "./seat_names";
import type { AppState, Outcome } from "./state";

export interface Effect {
  changes: Partial<AppState>;
  step: ScreenEvent | null;
}

const GOODBYE: Outcome = {
  title: "The other side left",
  sentence: "The other player has said goodbye and left the match.",
  canRematch: false,
};
const LOST: Outcome = {
  title: "Connection lost",
  sentence: "Nothing was heard of the other player for too long, so the match has ended.",
  canRematch: false,
};
const EXCLUDED: Outcome = {
  title: "The match goes on without you",
  sentence: "The others have lost this page for too long, or too few of them are left to go on.",
  canRematch: false,
  canRejoin: true,
};
const EPISODE_OVER: Outcome = {
  title: "Game over",
  sentence: "Play again? The next game begins when both sides want it.",
  canRematch: true,
};
const EPISODE_OVER_FOR_MANY: Outcome = {
  ...EPISODE_OVER,
  sentence: "Play again? The next game begins when everybody wants it.",
};
const EPISODE_WATCHED: Outcome = {
  title: "Game over",
  sentence: "You will see the next game as soon as the players begin it.",
  canRematch: false,
};

function episodeOver(state: AppState): Outcome {
  if (state.isWatching) return EPISODE_WATCHED;
  return (state.game?.players ?? 2) > 2 ? EPISODE_OVER_FOR_MANY : EPISODE_OVER;
}

function matchOver(state: AppState, reason: string): Outcome {
  // The reason why a peer is gone is told by an event of its own, just before.
  if (state.departure !== null) return state.departure;
  return {
    title: "The match has ended",
    sentence: reason === "" ? "" : `Reason: ${reason}.`,
    canRematch: false,
  };
}

/**
 * @param timeMs When the event happened, on the page's clock.
 */
export function effectOf(state: AppState, event: SessionEvent, timeMs: number): Effect {
  switch (event.name) {
    case "EpisodeStarted":
      return {
        changes: {
          episode: event.episode,
          outcome: null,
          departure: null,
          isReady: false,
          interruption: null,
          notice: "",
          isNoticeNews: false,
          isNoticeOpen: false,
        },
        step: "episode_started",
      };
    case "EpisodeEnded":
      return {
        changes: {
          outcome: episodeOver(state),
          isReady: false,
          desyncs: giveUpRepair(state.desyncs),
        },
        step: "episode_ended",
      };
    case "PeerReady":
      return { changes: { remoteReadyEpisode: event.episode }, step: null };
    case "PeerInterrupted":
      return {
        changes: {
          interruption: {
            silentSinceMs: timeMs - event.silentMs,
            endsAtMs: timeMs + event.dropInMs,
            peer: event.peer,
          },
        },
        step: "interrupted",
      };
    case "PeerResumed":
      return { changes: { interruption: null }, step: "resumed" };
    case "PeerLeft":
      // Whether the match ends with that is told next: by MatchEnded, or by PlayerCut.
      return { changes: { departure: GOODBYE, interruption: null }, step: "resumed" };
    case "PeerLost":
      return { changes: { departure: LOST, interruption: null }, step: "resumed" };
    case "MatchEnded":
      return {
        changes: {
          outcome: matchOver(state, event.reason),
          interruption: null,
          desyncs: giveUpRepair(state.desyncs),
        },
        step: "match_over",
      };
    case "PeerRefused":
      return {
        changes: { problem: { code: "games_differ", detail: sayDifferences(event.differences) } },
        step: "failed",
      };
    case "DesyncDetected":
      return {
        changes: { ...notice(""), desyncs: addDesync(state.desyncs, event, state.episode) },
        step: null,
      };
    case "DesyncLocated":
      return { changes: { desyncs: noteDifference(state.desyncs, event) }, step: null };
    case "MatchRepaired":
      return {
        changes: { ...notice(""), desyncs: noteRepair(state.desyncs, event) },
        step: null,
      };
    case "RepairFailed":
      // The reason, if it is ours, has been told as StateRefused, and stays there to be read.
      return {
        changes: { isNoticeOpen: true, desyncs: giveUpRepair(state.desyncs) },
        step: null,
      };
    case "StateRefused":
      return {
        changes: {
          ...notice(`The other side's game cannot be taken over here: ${event.reason}`),
          desyncs: giveUpRepair(state.desyncs),
        },
        step: null,
      };
    case "PlayerCut":
      return {
        changes: {
          ...news(sayCut(state, event.player, event.heir)),
          departure: null,
          cutSittings: { ...state.cutSittings, [event.player]: sittingIn(state, event.player) },
        },
        step: null,
      };
    case "RouteChanged": {
      const routeReasons = { ...state.routeReasons, [event.peer]: event.reason };
      return { changes: { routeReasons }, step: null };
    }
    case "PlayerJoined":
      return {
        changes: {
          ...news(sayJoined(state, event.player)),
          coming: state.coming.filter((seat) => seat !== event.player),
        },
        step: null,
      };
    case "Following":
      return { changes: state.isWatching ? {} : notice("Catching up with the game…"), step: null };
    case "Reexecuting": {
      const percent = Math.floor((100 * event.frame) / Math.max(event.toFrame, 1));
      return { changes: notice(`Catching up with the game: ${percent} %`), step: null };
    }
    case "Excluded":
      return {
        changes: { outcome: EXCLUDED, departure: EXCLUDED, interruption: null },
        step: null,
      };
    default:
      return { changes: {}, step: null };
  }
}

function notice(sentence: string): Partial<AppState> {
  return { notice: sentence, isNoticeOpen: true, isNoticeNews: false };
}

/** What goes by itself after a while. */
function news(sentence: string): Partial<AppState> {
  return { notice: sentence, isNoticeOpen: true, isNoticeNews: true };
}

/** Who sits there, by the number of the sitting; -1 for nobody. */
function sittingIn(state: AppState, player: number): number {
  return state.room?.seats.find(({ seat }) => seat === player)?.sitting ?? -1;
}

function sayCut(state: AppState, player: number, heir: number): string {
  const what = heir < 0 ? "the seat is empty now" : "the computer plays on";
  return `${seatName(state, player)} left; ${what}.`;
}

function sayJoined(state: AppState, player: number): string {
  if (player === state.localSeat && !state.isWatching) return "You are in the game.";
  const sitting = sittingIn(state, player);
  const isBack = sitting >= 0 && state.cutSittings[player] === sitting;
  return `${seatName(state, player)} ${isBack ? "is back" : "has joined"}.`;
}

function sayDifferences(differences: readonly (readonly [string, string, string])[]): string {
  return differences
    .map(([what, ours, theirs]) => `${what}: ${ours} here, ${theirs} there`)
    .join("; ");
}

/**
 * What somebody sees who has come between two games: no end of a game is told to him, and he is ready for the
 * next without being asked. Empty while that is not so.
 */
export function betweenGames(state: AppState, session: SessionState): Partial<AppState> {
  const isBetween = session === "ended" && state.screen === "playing";
  return isBetween ? { outcome: episodeOver(state), isReady: true, isNoticeOpen: false } : {};
}

/** Whether the other player waits for us to agree to another game. */
export function remoteWantsRematch(state: AppState): boolean {
  return state.remoteReadyEpisode > state.episode;
}
