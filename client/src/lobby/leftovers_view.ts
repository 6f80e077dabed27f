/** Records that the server has refused for good: theirs to keep who played, or to forget. */

import type { Actions } from "../app/actions";
import { button, element, setHidden } from "../app/dom";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import type { RecordRow } from "../record/record_store";

export function sayLeftover({ startedMs, refusal }: RecordRow): string {
  const when = new Date(startedMs).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return `Match of ${when}: ${refusal ?? ""}`;
}

export function leftoversView(actions: Actions): View {
  const list = element("ul", { class: "leftovers-list" });
  const root = element(
    "section",
    { class: "leftovers", "aria-labelledby": "leftovers-title" },
    element("h2", { id: "leftovers-title" }, "Replays that the server has not taken"),
    list,
  );
  const item = (row: RecordRow): HTMLElement =>
    element(
      "li",
      {},
      element("span", {}, sayLeftover(row)),
      button("Save file", () => actions.saveLeftover(row.key)),
      button("Forget it", () => actions.forgetLeftover(row.key), { class: "quiet" }),
    );
  let shown: readonly RecordRow[] | null = null;
  const update = ({ leftovers }: Readonly<AppState>): void => {
    setHidden(root, leftovers.length === 0);
    if (leftovers === shown) return;
    shown = leftovers;
    list.replaceChildren(...leftovers.map(item));
  };
  return { root, update };
}
