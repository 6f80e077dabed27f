/** The bar above the court: how the connection stands, and the buttons of the view. */

import type { Actions } from "./actions";
import { element, setAttribute, setHidden, setText } from "./dom";
import { type IconName, icon, iconButton } from "./icons";
import { shield } from "./shield";
import type { AppState } from "./state";
import type { View } from "./view";

export type ConnectionLook = "none" | "pending" | "good" | "bad";

export interface ConnectionWords {
  look: ConnectionLook;
  text: string;
}

/** Say how the connection to the others stands. */
export function sayConnection(state: Readonly<AppState>): ConnectionWords {
  switch (state.screen) {
    case "practice":
      return { look: "none", text: "Against the computer" };
    case "waiting":
      return { look: "pending", text: "Practice" };
    case "connecting":
      return { look: "pending", text: "Connecting" };
    case "interrupted":
      return { look: "bad", text: "No signal" };
    case "ended":
      if (state.outcome?.canRematch !== true) return { look: "bad", text: "Disconnected" };
      break;
    default:
      break;
  }
  if (state.isWatching) return { look: "good", text: "You are watching" };
  const rttMs = state.statistics?.rttMs ?? 0;
  return { look: "good", text: rttMs > 0 ? `Connected, ${Math.round(rttMs)} ms` : "Connected" };
}

interface Toggle {
  root: HTMLButtonElement;
  show: (isPressed: boolean) => void;
}

function toggle(name: IconName, label: string, onChange: (isPressed: boolean) => void): Toggle {
  let pressed = false;
  const root = iconButton(name, label, () => onChange(!pressed));
  const show = (isPressed: boolean): void => {
    pressed = isPressed;
    setAttribute(root, "aria-pressed", String(isPressed));
  };
  show(false);
  return { root, show };
}

function soundToggle(actions: Actions): Toggle {
  const sound = toggle("soundOn", "Mute sound", actions.setMuted);
  const on = icon("soundOn");
  const off = icon("soundOff");
  return {
    root: sound.root,
    show: (isMuted) => {
      sound.show(isMuted);
      const wanted = isMuted ? off : on;
      if (sound.root.firstElementChild !== wanted) sound.root.replaceChildren(wanted);
    },
  };
}

/** What is not in the state, for only this page's view changes. */
export interface Toggled {
  readonly isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
}

/** @param help What the keys do; touch screens have buttons that say so themselves. */
export function hud(actions: Actions, help: Toggled): View {
  const dot = element("span", { class: "dot", "aria-hidden": "true" });
  const text = element("span", {});
  const connection = element(
    "p",
    { class: "connection", role: "status", "aria-label": "Connection" },
    dot,
    text,
  );
  const game = element("p", { class: "hud-game" });
  const hidden = shield();
  const mirrored = toggle("mirror", "Mirror the view", actions.setMirrored);
  const muted = soundToggle(actions);
  const panel = toggle("statistics", "Statistics (F2)", actions.setPanelOpen);
  const keys = toggle("keys", "Keys", help.setOpen);
  keys.root.classList.add("keys-button");
  const people = toggle("people", "People in this room", actions.setPeopleOpen);
  const leave = iconButton("leave", "Leave", actions.leave);
  const root = element(
    "header",
    { class: "hud" },
    game,
    connection,
    hidden.root,
    element(
      "div",
      { class: "hud-buttons", role: "toolbar", "aria-label": "View" },
      mirrored.root,
      muted.root,
      keys.root,
      people.root,
      panel.root,
      leave,
    ),
  );
  const update = (state: Readonly<AppState>): void => {
    const words = sayConnection(state);
    setText(game, state.game?.name ?? "");
    setText(text, words.text);
    setAttribute(connection, "data-look", words.look);
    hidden.update(state);
    mirrored.show(state.isMirrored);
    muted.show(state.isMuted);
    keys.show(help.isOpen);
    setHidden(keys.root, state.isWatching);
    panel.show(state.isPanelOpen);
    setHidden(panel.root, state.screen === "waiting");
    people.show(state.isPeopleOpen);
    setHidden(people.root, state.room === null || state.screen === "waiting");
  };
  return { root, update };
}
