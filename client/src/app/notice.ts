/** What is to be read while the game goes on: such as a desync. It can be closed. */

import type { Actions } from "./actions";
import { type DesyncWords, desyncOf, sayDesync } from "./desync";
import { button, element, setHidden, setText } from "./dom";
import { iconButton } from "./icons";
import type { AppState } from "./state";
import type { View } from "./view";

const NOTHING: DesyncWords = { title: "", sentence: "" };

function wordsOf(state: Readonly<AppState>): DesyncWords {
  // A silence is more urgent, and the end of a game has a card of its own.
  if (!state.isNoticeOpen || state.screen !== "playing") return NOTHING;
  if (state.notice !== "") return { title: "", sentence: state.notice };
  const desync = desyncOf(state.desyncs, state.episode);
  // The statistics say the same.
  return desync === null || state.isPanelOpen ? NOTHING : sayDesync(desync);
}

/** The words that are shown, in one line; empty when there are none. */
export function sayNotice(state: Readonly<AppState>): string {
  const { title, sentence } = wordsOf(state);
  return title === "" ? sentence : `${title}: ${sentence}`;
}

export function noticeOverlay(actions: Actions): View {
  const title = element("h2", {});
  const sentence = element("p", {});
  const save = button("Save report", actions.saveDesyncDump, {
    title: "A file for whoever made the game; it says what went apart",
  });
  const close = iconButton("close", "Close", actions.closeNotice);
  const root = element(
    "section",
    { class: "overlay overlay-top notice is-bad", "aria-label": "Notice" },
    element("div", { class: "notice-text", role: "alert" }, title, sentence),
    element("div", { class: "notice-buttons" }, save, close),
  );
  const update = (state: Readonly<AppState>): void => {
    const words = wordsOf(state);
    setHidden(root, words.sentence === "");
    root.classList.toggle("is-bad", !state.isNoticeNews);
    setText(title, words.title);
    setHidden(title, words.title === "");
    setText(sentence, words.sentence);
    setHidden(save, state.isNoticeNews || desyncOf(state.desyncs, state.episode) === null);
  };
  return { root, update };
}
