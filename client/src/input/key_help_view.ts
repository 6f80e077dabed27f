/** The help over the court: what each key does here. It is opened and closed in the bar. */

import { element, setHidden, setText } from "../app/dom";
import { keysOf } from "../app/game_description";
import { iconButton } from "../app/icons";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import { helpRows, mouseWords } from "./key_help";

export interface KeyHelpView extends View {
  setOpen: (isOpen: boolean) => void;
  readonly isOpen: boolean;
}

export function sayWaits(state: Readonly<AppState>): string {
  return state.game?.waits_for_player === true ? "Nothing moves until somebody acts." : "";
}

function tableRow(cells: readonly (string | Node)[]): HTMLTableRowElement {
  return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
}

function caps(texts: readonly string[]): HTMLElement {
  return element("span", { class: "caps" }, ...texts.map((text) => element("kbd", {}, text)));
}

/** @param onClose Called when it is closed by its own button. */
export function keyHelpView(onClose: () => void): KeyHelpView {
  const rows = element("tbody", {});
  const mouse = element("p", { class: "hint" });
  const waits = element("p", { class: "hint" });
  const head = ["Action", "Keys", "Gamepad"].map((text) => element("th", { scope: "col" }, text));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), rows);
  const none = element("p", {}, "This game has no keys.");
  const root = element(
    "section",
    { class: "overlay overlay-top key-help", "aria-label": "Keys" },
    table,
    none,
    mouse,
    waits,
    iconButton("close", "Close the keys", onClose),
  );
  let isOpen = false;
  let shown = "";
  const update = (state: Readonly<AppState>): void => {
    const { game, localSeat } = state;
    setHidden(root, !isOpen || game === null);
    if (!isOpen || game === null) return;
    const seat = keysOf(game, localSeat);
    const texts = helpRows(seat);
    const look = JSON.stringify(texts);
    if (look !== shown) {
      rows.replaceChildren(
        ...texts.map(({ words, caps: keys, button }) => tableRow([words, caps(keys), button])),
      );
    }
    shown = look;
    setHidden(table, texts.length === 0);
    setHidden(none, texts.length > 0);
    const steers = mouseWords(game.pointer !== null, seat.box);
    setText(mouse, steers);
    setHidden(mouse, steers === "");
    setText(waits, sayWaits(state));
    setHidden(waits, sayWaits(state) === "");
  };
  return {
    root,
    update,
    setOpen: (wanted) => {
      isOpen = wanted;
    },
    get isOpen() {
      return isOpen;
    },
  };
}
