/**
 * A line at the foot of the court, for some seconds: a gamepad is there, or the game waits for somebody.
 *
 * It also presses Start: a gamepad's button for "I am ready" and "Play again".
 */

import type { Actions } from "../app/actions";
import { element, setHidden, setText } from "../app/dom";
import { keysOf } from "../app/game_description";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import { asksWhoIsReady } from "../lobby/waiting_view";
import { isStandard, START_BUTTON } from "./gamepad_map";
import { connectedGamepads, watchGamepads } from "./gamepads";
import { gamepadWords } from "./key_help";
import { sayWaits } from "./key_help_view";

/** How long a hint is shown, in ms. */
const SHOWN_MS = 8000;
const PLAYS = new Set<AppState["screen"]>(["playing", "practice"]);
const SHOWS = new Set<AppState["screen"]>([...PLAYS, "waiting", "connecting"]);

/** Say what a gamepad that has just come does here. */
export function sayGamepad(state: Readonly<AppState>, isKnown: boolean): string {
  if (state.game === null || state.isWatching) return "";
  if (!isKnown) return "This gamepad is of another kind than those whose buttons are known.";
  return gamepadWords(keysOf(state.game, state.localSeat));
}

/** Do what Start means on a screen, if it means anything. */
export function pressStart(state: Readonly<AppState>, actions: Actions): void {
  const { screen, room, outcome } = state;
  if (screen === "ended" && outcome?.canRematch === true && !state.isReady) actions.rematch();
  if (screen !== "waiting" || room === null || room.seat === null) return;
  if (!asksWhoIsReady(room) || !state.python.isReady) return;
  actions.setReady(!room.seats.some((each) => each.sitting === room.sitting && each.ready));
}

export function inputHint(actions: Actions): View {
  const root = element("p", { class: "overlay input-hint", role: "status" });
  setHidden(root, true);
  let state: Readonly<AppState> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Of so many gamepads it has been told. */
  let told = 0;
  let isStartPressed = false;
  let hasWaited = false;
  const show = (text: string): void => {
    clearTimeout(timer);
    setText(root, text);
    setHidden(root, text === "" || !SHOWS.has(state?.screen ?? "loading"));
    timer = setTimeout(() => setHidden(root, true), SHOWN_MS);
  };
  const onGamepads = (pads: readonly Gamepad[]): void => {
    if (state === null) return;
    const isPressed = pads.some((pad) => isStandard(pad) && pad.buttons[START_BUTTON]?.pressed);
    if (isPressed && !isStartPressed) pressStart(state, actions);
    isStartPressed = isPressed;
    const count = connectedGamepads(window).length; // also while the window is not in front
    told = Math.min(told, count);
    if (count === told || pads.length === 0 || !SHOWS.has(state.screen)) return;
    told = count;
    show(sayGamepad(state, pads.some(isStandard)));
  };
  watchGamepads(window, onGamepads, new AbortController().signal);
  const update = (next: Readonly<AppState>): void => {
    state = next;
    if (!SHOWS.has(next.screen)) setHidden(root, true);
    const waits = PLAYS.has(next.screen) && sayWaits(next) !== "" && !next.isWatching;
    if (waits && !hasWaited) show(sayWaits(next));
    hasWaited = waits;
  };
  return { root, update };
}
