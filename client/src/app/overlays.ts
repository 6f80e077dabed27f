/** What lies over the court: connecting, silence, and the end; notices are in `notice.ts`. None of it moves the layout. */

import { sayProgress } from "../lobby/python_progress";
import { sayRecord } from "../record/record_words";
import type { Actions } from "./actions";
import { desyncOf, sayUnclean } from "./desync";
import { button, element, setAttribute, setHidden, setText } from "./dom";
import { peerName } from "./seat_names";
import { remoteWantsRematch } from "./session_events";
import type { AppState, Interruption } from "./state";
import type { View } from "./view";

/** How often the seconds of a silence are counted anew, in ms. */
const COUNTING_MS = 100;

export function sayConnecting(state: Readonly<AppState>): string {
  const { room, match } = state;
  const isLate = room !== null && match !== null && !match.owners.includes(room.you ?? -1);
  if (match === null) return "Coming back to the match…";
  if (isLate && !state.python.isReady) return "Loading the game…";
  if (isLate) return state.isWatching ? "Finding the game…" : "Coming into the game…";
  const isForTwo = (state.game?.players ?? 2) === 2;
  if (!state.isLinked) {
    return `Looking for a path to the other ${isForTwo ? "player" : "players"}…`;
  }
  if (!state.python.isReady) return "Connected. Loading the game…";
  return `Connected. Waiting for the other ${isForTwo ? "page" : "pages"} to be ready…`;
}

/** What the court waits for; empty when it waits for nothing. */
export function sayWaitingCourt(state: Readonly<AppState>): string {
  if (state.screen === "connecting") return sayConnecting(state);
  const practises = state.screen === "practice" || state.screen === "waiting";
  if (!practises || state.python.isReady || state.game?.has_policy !== true) return "";
  return `${sayProgress(state.python)}… ${Math.round(state.python.fraction * 100)} %`;
}

export function busyOverlay(): View {
  const text = element("p", { role: "status" });
  const root = element(
    "div",
    { class: "overlay overlay-full" },
    element("div", { class: "spinner", "aria-hidden": "true" }),
    text,
  );
  return {
    root,
    update: (state) => {
      const words = sayWaitingCourt(state);
      setHidden(root, words === "");
      setText(text, words);
    },
  };
}

/** Say a silence and what it leads to, in whole and tenth seconds. */
export function sayInterruption(
  state: Readonly<AppState>,
  interruption: Interruption,
  nowMs: number,
): string {
  const silentS = Math.max(0, (nowMs - interruption.silentSinceMs) / 1000);
  const leftS = Math.max(0, Math.ceil((interruption.endsAtMs - nowMs) / 1000));
  const whose = (state.game?.players ?? 2) > 2 ? ` from ${peerName(state, interruption.peer)}` : "";
  const then = {
    end: "the match ends",
    noop: "the game goes on without",
    agent: "the computer takes over",
  }[state.match?.absent ?? "end"];
  return `No signal${whose} for ${silentS.toFixed(1)} s; ${then} in ${leftS} s.`;
}

export function interruptedOverlay(): View {
  const text = element("p", {});
  const root = element("div", { class: "overlay overlay-top is-bad", role: "alert" }, text);
  let timer: ReturnType<typeof setInterval> | null = null;
  let current: Interruption | null = null;
  let shown: Readonly<AppState> | null = null;
  const count = (): void => {
    if (current === null || shown === null) return;
    setText(text, sayInterruption(shown, current, performance.now()));
  };
  const update = (state: Readonly<AppState>): void => {
    shown = state;
    current = state.screen === "interrupted" ? state.interruption : null;
    setHidden(root, current === null);
    if (current !== null && timer === null) timer = setInterval(count, COUNTING_MS);
    if (current === null && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
    count();
  };
  return { root, update };
}

/** Say who waits for whom before another game. */
export function sayRematch(state: Readonly<AppState>): string {
  if (state.outcome?.canRematch !== true) return "";
  const isForTwo = (state.game?.players ?? 2) === 2;
  if (state.isReady) return `Waiting for the ${isForTwo ? "other player" : "others"} to agree…`;
  if (!remoteWantsRematch(state)) return "";
  return `${isForTwo ? "The other player" : "Somebody"} wants a rematch.`;
}

export function endedOverlay(actions: Actions): View {
  const title = element("h2", {});
  const sentence = element("p", {});
  const unclean = element("p", {});
  const status = element("p", { class: "rematch-status", role: "status" });
  const record = element("p", { class: "record-status", role: "status" });
  const rematch = button("Rematch", actions.rematch, { class: "primary" });
  const rejoin = button("Join again", actions.rejoin, { class: "primary" });
  const leave = button("Back to the lobby", actions.leave);
  const save = button("Save report", actions.saveDesyncDump);
  const replay = button("Save replay", actions.saveReplay, {
    class: "quiet",
    title: "A file of this match: peergym replay show plays it",
  });
  const recordLine = element("div", { class: "record-line" }, record, replay);
  const root = element(
    "section",
    { class: "overlay overlay-bottom", "aria-label": "End of the game" },
    element("div", { class: "ended-text" }, title, unclean, sentence, recordLine, status),
    element("div", { class: "ended-buttons" }, rematch, rejoin, leave, save),
  );
  const update = (state: Readonly<AppState>): void => {
    setHidden(root, state.screen !== "ended");
    if (state.outcome === null) return;
    setText(title, state.outcome.title);
    setText(sentence, state.outcome.sentence);
    // A game that was not clean is never told as if it had been.
    const desync = desyncOf(state.desyncs, state.episode);
    setText(unclean, desync === null ? "" : sayUnclean(desync));
    setHidden(unclean, desync === null);
    setHidden(save, desync === null);
    setText(status, sayRematch(state));
    setText(record, sayRecord(state.record));
    setAttribute(record, "data-record", state.record.name);
    setHidden(recordLine, state.record.name === "none");
    setHidden(rematch, !state.outcome.canRematch);
    setHidden(rejoin, state.outcome.canRejoin !== true || state.room === null);
    rematch.disabled = state.isReady;
  };
  return { root, update };
}
