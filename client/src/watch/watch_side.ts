/** Beside the court: what is to be known of the record, what happened, and the figures over time. */

import { button, element, setAttribute, setHidden } from "../app/dom";
import { recordPlots } from "./record_plots";
import { notesOf, type Place, placesOf, sayPosition } from "./timeline";
import type { WatchActions, WatchState, WatchView } from "./watch_state";

function notesView(): WatchView {
  const root = element("section", { class: "record watch-notes", role: "status" });
  let shown = "";
  const update = ({ replay, differing }: Readonly<WatchState>): void => {
    const notes = replay === null ? [] : notesOf(replay, differing);
    setHidden(root, notes.length === 0);
    if (notes.join("\n") === shown) return;
    shown = notes.join("\n");
    setAttribute(root, "data-look", differing.length > 0 ? "bad" : "note");
    root.replaceChildren(...notes.map((note) => element("p", {}, note)));
  };
  return { root, update };
}

function placesView(actions: WatchActions): WatchView {
  const list = element("ol", { class: "places" });
  const root = element(
    "section",
    { "aria-label": "What happened" },
    element("h2", {}, "What happened"),
    list,
  );
  let shown: readonly [unknown, unknown] = [null, null];
  const update = ({ replay, differing }: Readonly<WatchState>): void => {
    if (replay === null || (shown[0] === replay && shown[1] === differing)) return;
    shown = [replay, differing];
    const item = ({ position, look, text }: Place): HTMLElement => {
      const time = element("span", { class: "place-time" }, sayPosition(replay, position));
      const go = button("", () => actions.seek(position), { class: "place", "data-look": look });
      go.append(time, element("span", {}, text));
      return element("li", {}, go);
    };
    list.replaceChildren(...placesOf(replay, differing).map(item));
  };
  return { root, update };
}

export function watchSide(actions: WatchActions): WatchView {
  const notes = notesView();
  const places = placesView(actions);
  const plots = recordPlots(actions);
  const root = element(
    "aside",
    { class: "side panel-slot watch-side", "aria-label": "About this match" },
    notes.root,
    places.root,
    element("h2", {}, "Over time"),
    plots.root,
  );
  const update = (state: Readonly<WatchState>): void => {
    setHidden(root, !state.isPanelOpen);
    if (!state.isPanelOpen) return;
    for (const each of [notes, places, plots]) each.update(state);
  };
  return { root, update };
}
