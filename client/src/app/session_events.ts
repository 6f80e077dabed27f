/**
 * What the events of a session change on the page.
 *
 * A pure function from (state, event) to the fields that change and the step of the screens, so that each
 * notice and each ending is one line that a test can look at.
 */

import type { SessionEvent } from "../shared/messages";
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
};
const EPISODE_OVER: Outcome = {
  title: "Game over",
  sentence: "Play again? The next game begins when both sides want it.",
  canRematch: true,
};

function matchOver(state: AppState, reason: string): Outcome {
  // The reason why a peer is gone is told by an event of its own, just before.
  if (state.outcome !== null && !state.outcome.canRematch) return state.outcome;
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
          isReady: false,
          interruption: null,
          notice: "",
          isNoticeOpen: false,
        },
        step: "episode_started",
      };
    case "EpisodeEnded":
      return {
        changes: { outcome: EPISODE_OVER, isReady: false, desyncs: giveUpRepair(state.desyncs) },
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
          },
        },
        step: "interrupted",
      };
    case "PeerResumed":
      return { changes: { interruption: null }, step: "resumed" };
    case "PeerLeft":
      return { changes: { outcome: GOODBYE, interruption: null }, step: "match_over" };
    case "PeerLost":
      return { changes: { outcome: LOST, interruption: null }, step: "match_over" };
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
      return { changes: notice(sayCut(state, event.player, event.frame, event.heir)), step: null };
    case "PlayerJoined":
      return { changes: notice(sayJoined(state, event.player, event.frame)), step: null };
    case "Following":
      return { changes: notice("The game has begun; catching up with it…"), step: null };
    case "Excluded":
      return { changes: { outcome: EXCLUDED, interruption: null }, step: null };
    default:
      return { changes: {}, step: null };
  }
}

function notice(sentence: string): Partial<AppState> {
  return { notice: sentence, isNoticeOpen: true };
}

function sayCut(state: AppState, player: number, frame: number, heir: number): string {
  const seat = heir < 0 ? "the seat is empty" : "the computer plays in that seat";
  return `${seatName(state, player)} left the game: from frame ${frame + 1} on ${seat}.`;
}

function sayJoined(state: AppState, player: number, frame: number): string {
  const verb = player === state.localSeat ? "have" : "has";
  return `${seatName(state, player)} ${verb} joined the game at frame ${frame}.`;
}

function sayDifferences(differences: readonly (readonly [string, string, string])[]): string {
  return differences
    .map(([what, ours, theirs]) => `${what}: ${ours} here, ${theirs} there`)
    .join("; ");
}

/** Whether the other player waits for us to agree to another game. */
export function remoteWantsRematch(state: AppState): boolean {
  return state.remoteReadyEpisode > state.episode;
}
