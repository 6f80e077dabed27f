/** The card beside the court while others are awaited: whom to send what, who is here, who is ready. */

import type { Actions } from "../app/actions";
import { button, element, setAttribute, setHidden, setText } from "../app/dom";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import type { RoomState } from "../signalling/room";
import { invitation } from "./invitation";
import { peopleView } from "./people_view";
import { pythonProgress } from "./python_progress";

/** Whether the players of a room say when they are ready. */
export function asksWhoIsReady(room: RoomState | null): boolean {
  return room !== null && room.seats_total > 2 && !room.is_quick;
}

/** Whether we are the host and may begin without waiting for a full room. */
export function mayStart(room: RoomState | null): boolean {
  if (room === null) return false;
  const isHost = room.seats.some((each) => each.is_host && each.sitting === room.sitting);
  const others = room.seats.filter((each) => each.sitting !== room.sitting);
  return isHost && others.some((each) => each.ready && each.connected);
}

export function sayWaiting(state: Readonly<AppState>): string {
  if (!state.isServerConnected) return "The server cannot be reached at the moment; trying again…";
  const { room } = state;
  const missing = room === null ? 1 : room.seats_total - room.seats.length;
  if (room?.seat === null) return "The game has not begun yet; you will see it when it does.";
  if (missing > 1) return `Waiting for ${missing} more players…`;
  if (missing === 1) {
    return room?.seats_total === 2
      ? "Waiting for the other player…"
      : "Waiting for one more player…";
  }
  const unready = room?.seats.filter((each) => !each.ready) ?? [];
  if (!asksWhoIsReady(room)) return "Waiting for somebody who is away…";
  if (unready.length === 0) return "Waiting for somebody who is away…";
  const isOnlyUs = unready.length === 1 && unready[0]?.sitting === room?.sitting;
  return isOnlyUs ? "The others are ready. Are you?" : "Waiting until everybody is ready…";
}

function sayPractice(state: Readonly<AppState>): string {
  if (state.game?.has_policy !== true) return "";
  return state.python.isReady
    ? "Meanwhile you can practise against the computer."
    : "In a moment you can practise against the computer.";
}

export function waitingView(actions: Actions): View {
  const invite = invitation();
  const people = peopleView(actions);
  const progress = pythonProgress();
  const status = element("p", { class: "waiting-status", role: "status" });
  const practice = element("p", { class: "hint" });
  let isReady = false;
  const ready = button("I am ready", () => actions.setReady(!isReady), { class: "primary" });
  const start = button("Start now", actions.start, {
    title: "Begin without waiting for everybody; free seats stay free",
  });
  const check = element("div", { class: "ready-check" }, ready, start);
  const root = element(
    "section",
    { class: "side waiting", "aria-label": "Waiting for the other player" },
    element("h1", {}, "Invite somebody"),
    invite.root,
    check,
    element(
      "div",
      { class: "waiting-line" },
      element("span", { class: "pulse", "aria-hidden": "true" }),
      status,
    ),
    people.root,
    practice,
    progress.root,
    button("Leave the room", actions.leave, { class: "quiet" }),
  );
  const update = (state: Readonly<AppState>): void => {
    const { room } = state;
    invite.update(state);
    people.update(state);
    progress.update(state);
    const hasList = (room?.seats_total ?? 2) > 2 || (room?.spectators.length ?? 0) > 0;
    setHidden(people.root, !hasList);
    setAttribute(root, "data-list", String(hasList));
    isReady = room?.seats.some((each) => each.sitting === room.sitting && each.ready) ?? false;
    setHidden(check, !asksWhoIsReady(room) || room?.seat === null);
    setText(ready, isReady ? "Ready" : "I am ready");
    // Whoever says so is there when the game begins, and nobody waits for his download.
    ready.disabled = start.disabled = !state.python.isReady;
    setAttribute(ready, "aria-pressed", String(isReady));
    setHidden(start, !mayStart(room));
    setText(status, sayWaiting(state));
    setText(practice, sayPractice(state));
  };
  return { root, update };
}
