/** The time line as a slider, with a mark for everything that happened. */

import { button, element, setAttribute } from "../app/dom";
import type { ReplayDescription } from "../shared/replay_messages";
import { type Place, placesOf, sayFrame, sayPosition } from "./timeline";
import type { WatchActions, WatchState, WatchView } from "./watch_state";

/** Marks that lie closer together than this share of the line are one. */
const CLOSEST = 0.004;

function fraction(replay: ReplayDescription, position: number): number {
  return replay.positions > 1 ? position / (replay.positions - 1) : 0;
}

/** Leave out what would lie on something of the same look; the list beside the court has all. */
export function thinned(places: readonly Place[], positions: number): Place[] {
  const kept: Place[] = [];
  for (const place of places) {
    const last = kept.findLast(({ look }) => look === place.look);
    if (last === undefined || place.position - last.position >= CLOSEST * positions) {
      kept.push(place);
    }
  }
  return kept;
}

export function seekBar(actions: WatchActions): WatchView {
  const slider = element("input", {
    type: "range",
    class: "seek-slider",
    min: "0",
    value: "0",
    step: "1",
    "aria-label": "Position",
  });
  const marks = element("div", { class: "seek-marks" });
  const root = element("div", { class: "seek" }, marks, slider);
  slider.addEventListener("input", () => actions.seek(Number(slider.value)));
  let shown: readonly [unknown, unknown] = [null, null];
  const place = (replay: ReplayDescription, { position, look, text }: Place): HTMLElement => {
    const label = `${sayPosition(replay, position)} ${text}`;
    // Not for the Tab key: the list beside the court has the same, in words.
    const mark = button("", () => actions.seek(position), {
      class: "seek-mark",
      "data-look": look,
      title: label,
      "aria-label": label,
      tabindex: "-1",
    });
    mark.style.setProperty("--at", String(fraction(replay, position)));
    return mark;
  };
  const update = (state: Readonly<WatchState>): void => {
    const { replay, differing } = state;
    if (replay === null) return;
    if (shown[0] !== replay || shown[1] !== differing) {
      shown = [replay, differing];
      slider.max = String(replay.positions - 1);
      const places = thinned(placesOf(replay, differing), replay.positions);
      marks.replaceChildren(...places.map((each) => place(replay, each)));
    }
    if (slider.value !== String(state.wanted)) slider.value = String(state.wanted);
    slider.style.setProperty("--done", String(fraction(replay, state.wanted)));
    const words = sayFrame(replay, state.episode, state.frame);
    setAttribute(
      slider,
      "aria-valuetext",
      `${sayPosition(replay, state.wanted)} of ${sayPosition(replay, replay.positions - 1)}, ${words}`,
    );
  };
  return { root, update };
}
