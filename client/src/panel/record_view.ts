/** What the record of this game is worth: nothing is shown while it is clean. */

import type { Actions } from "../app/actions";
import { desyncOf, sayDesync, sayDifference } from "../app/desync";
import { button, element, setHidden, setText } from "../app/dom";
import type { AppState } from "../app/state";

export interface RecordView {
  root: HTMLElement;
  show: (state: Readonly<AppState>) => void;
}

export function recordView(actions: Actions): RecordView {
  const title = element("h3", {});
  const sentence = element("p", {});
  const difference = element("p", { class: "record-difference" });
  const save = button("Save report", actions.saveDesyncDump);
  const root = element("section", { class: "record" }, title, sentence, difference, save);
  const show = (state: Readonly<AppState>): void => {
    const desync = desyncOf(state.desyncs, state.episode);
    setHidden(root, desync === null);
    if (desync === null) return;
    const words = sayDesync(desync);
    setText(title, words.title);
    setText(sentence, words.sentence);
    setText(difference, sayDifference(desync));
  };
  return { root, show };
}
