/** The controls below the court: play, step, speed, whose view, and where it is. */

import { element, setAttribute, setText } from "../app/dom";
import { icon, iconButton } from "../app/icons";
import { SPEEDS } from "./playback_clock";
import { seekBar } from "./seek_bar";
import { playerName, sayFrame, sayPosition } from "./timeline";
import type { WatchActions, WatchState, WatchView } from "./watch_state";

function playButton(actions: WatchActions): WatchView {
  const root = iconButton("play", "Play (space)", actions.toggle);
  const icons = { play: icon("play"), pause: icon("pause") };
  root.classList.add("play-button");
  const update = ({ isPlaying }: Readonly<WatchState>): void => {
    const wanted = isPlaying ? icons.pause : icons.play;
    const label = isPlaying ? "Pause (space)" : "Play (space)";
    if (root.firstElementChild !== wanted) root.replaceChildren(wanted);
    setAttribute(root, "aria-label", label);
    setAttribute(root, "title", label);
  };
  return { root, update };
}

function choice(label: string, onChange: (value: number) => void): HTMLSelectElement {
  const root = element("select", { class: "transport-choice", "aria-label": label });
  root.addEventListener("change", () => {
    onChange(Number(root.value));
    // The keys are for the playback again.
    root.blur();
  });
  return root;
}

function speedChoice(actions: WatchActions): WatchView {
  const root = choice("Speed", actions.setSpeed);
  for (const speed of SPEEDS) {
    root.append(element("option", { value: String(speed) }, `${speed}×`));
  }
  const update = ({ speed }: Readonly<WatchState>): void => {
    if (root.value !== String(speed)) root.value = String(speed);
  };
  return { root, update };
}

function viewChoice(actions: WatchActions): WatchView {
  const root = choice("Whose view", actions.setPlayer);
  const update = ({ replay, player }: Readonly<WatchState>): void => {
    if (replay === null) return;
    if (root.childElementCount !== replay.agents.length) {
      const names = replay.agents.map((_, seat) => playerName(replay, seat));
      root.replaceChildren(
        ...names.map((name, seat) =>
          element("option", { value: String(seat) }, `View of ${name.toLowerCase()}`),
        ),
      );
    }
    if (root.value !== String(player)) root.value = String(player);
  };
  return { root, update };
}

export function transport(actions: WatchActions): WatchView {
  const play = playButton(actions);
  const bar = seekBar(actions);
  const speed = speedChoice(actions);
  const view = viewChoice(actions);
  const time = element("p", { class: "transport-time" });
  const frame = element("p", { class: "transport-frame" });
  const root = element(
    "section",
    { class: "transport", "aria-label": "Playback" },
    bar.root,
    element(
      "div",
      { class: "transport-row" },
      iconButton("stepBack", "One frame back (,)", () => actions.step(-1)),
      play.root,
      iconButton("stepOn", "One frame on (.)", () => actions.step(1)),
      time,
      frame,
      element("div", { class: "transport-choices" }, view.root, speed.root),
    ),
  );
  const update = (state: Readonly<WatchState>): void => {
    const { replay } = state;
    if (replay === null) return;
    for (const each of [play, bar, speed, view]) each.update(state);
    const end = sayPosition(replay, replay.positions - 1);
    setText(time, `${sayPosition(replay, state.wanted)} / ${end}`);
    setText(frame, sayFrame(replay, state.episode, state.frame));
  };
  return { root, update };
}
