/** What is to be read while the game goes on: a desync before all else. It can be closed. */

import type { Actions } from "./actions";
import { type DesyncWords, desyncOf, sayDesync } from "./desync";
import { button, element, setHidden, setText } from "./dom";
import { iconButton } from "./icons";
import type { AppState } from "./state";
import type { View } from "./view";

const NOTHING: DesyncWords = { title: "", sentence: "", smallPrint: "" };

function wordsOf(state: Readonly<AppState>): DesyncWords {
  if (!state.isNoticeOpen || state.screen === "interrupted") return NOTHING;
  const desync = desyncOf(state.desyncs, state.episode);
  if (desync === null) return { ...NOTHING, sentence: state.notice };
  const words = sayDesync(desync);
  return { ...words, smallPrint: state.notice || words.smallPrint };
}

/** The words that are shown, in one line; empty when there are none. */
export function sayNotice(state: Readonly<AppState>): string {
  const { title, sentence, smallPrint } = wordsOf(state);
  return [title && `${title}.`, sentence, smallPrint].filter(Boolean).join(" ");
}

export function noticeOverlay(actions: Actions): View {
  const title = element("h2", {});
  const sentence = element("p", {});
  const smallPrint = element("p", { class: "notice-small-print" });
  const save = button("Save report", actions.saveDesyncDump, {
    title: "A file for whoever made the game; it says what went apart",
  });
  const close = iconButton("close", "Close", actions.closeNotice);
  const root = element(
    "section",
    { class: "overlay overlay-top notice is-bad", "aria-label": "Notice" },
    element("div", { class: "notice-text", role: "alert" }, title, sentence, smallPrint),
    element("div", { class: "notice-buttons" }, save, close),
  );
  const update = (state: Readonly<AppState>): void => {
    const words = wordsOf(state);
    setHidden(root, words.sentence === "");
    setText(title, words.title);
    setHidden(title, words.title === "");
    setText(sentence, words.sentence);
    setText(smallPrint, words.smallPrint);
    setHidden(smallPrint, words.smallPrint === "");
    setHidden(save, desyncOf(state.desyncs, state.episode) === null);
  };
  return { root, update };
}
