/** The card beside the court while others are awaited: whom to send what, and who is here. */

import type { Actions } from "../app/actions";
import { button, element, setText } from "../app/dom";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import { invitation } from "./invitation";
import { pythonProgress } from "./python_progress";

function sayWaiting(state: Readonly<AppState>): string {
  if (!state.isServerConnected) return "The server cannot be reached at the moment; trying again…";
  const room = state.room;
  const missing = room === null ? 1 : room.seats_total - room.seats.length;
  return missing > 1 ? `Waiting for ${missing} more players…` : "Waiting for the other player…";
}

function sayPractice(state: Readonly<AppState>): string {
  if (state.game?.has_policy !== true) return "";
  return state.python.isReady
    ? "Meanwhile you can practise against the computer."
    : "In a moment you can practise against the computer.";
}

export function waitingView(actions: Actions): View {
  const invite = invitation();
  const progress = pythonProgress();
  const status = element("p", { class: "waiting-status", role: "status" });
  const practice = element("p", { class: "hint" });
  const root = element(
    "section",
    { class: "side waiting", "aria-label": "Waiting for the other player" },
    element("h1", {}, "Invite somebody"),
    invite.root,
    element(
      "div",
      { class: "waiting-line" },
      element("span", { class: "pulse", "aria-hidden": "true" }),
      status,
    ),
    practice,
    progress.root,
    button("Leave the room", actions.leave, { class: "quiet" }),
  );
  const update = (state: Readonly<AppState>): void => {
    invite.update(state);
    progress.update(state);
    setText(status, sayWaiting(state));
    setText(practice, sayPractice(state));
  };
  return { root, update };
}
