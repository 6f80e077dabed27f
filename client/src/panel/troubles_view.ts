/** Which servers do not help to find a path, and why; nothing is shown while all is well. */

import { element, setHidden } from "../app/dom";

export interface TroublesView {
  root: HTMLElement;
  show: (sentences: readonly string[]) => void;
}

export function troublesView(): TroublesView {
  const list = element("ul", {});
  const root = element("section", { class: "troubles" }, element("h3", {}, "Paths"), list);
  let shown: readonly string[] | null = null;
  const show = (sentences: readonly string[]): void => {
    if (sentences === shown) return;
    shown = sentences;
    setHidden(root, sentences.length === 0);
    list.replaceChildren(...sentences.map((sentence) => element("li", {}, sentence)));
  };
  return { root, show };
}
