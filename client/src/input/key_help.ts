/** What the devices do in a game, in words: for each action its keys and its button on a gamepad. */

import { actionWords, keyCap } from "./action_words";
import { directionsOf } from "./directions";
import { buttonName, type GamepadLayout, gamepadLayout } from "./gamepad_map";
import { type KeyBinding, keyName } from "./key_map";
import type { PointedBox } from "./pointed_box";

export interface HelpRow {
  /** What the keys do. */
  words: string;
  /** What is written on the keys, each of which does it. */
  caps: readonly string[];
  /** On a gamepad; empty where none does. */
  button: string;
}

/** What a seat is played with. */
export interface SeatKeys {
  bindings: readonly KeyBinding[];
  noop: number;
  names: readonly string[];
  box: PointedBox | null;
}

const DIRECTIONS = "Directions";
const STICK = "stick, cross";
/** As many of a gamepad's buttons are named in a hint. */
const MOST_IN_HINT = 4;

/** Return a row for each action; directions without names share one. */
export function helpRows({ bindings, noop, names }: SeatKeys): HelpRow[] {
  const directions = new Set(directionsOf(bindings).values());
  const layout = gamepadLayout(bindings, noop);
  const directed = new Set<number>();
  const keysOf = new Map<number, string[]>();
  for (const { keys, action } of bindings) {
    const key = keyName(keys[0] ?? "");
    // Together they do what each of them says, or what nobody has named.
    if (keys.length !== 1 || action === noop) continue;
    keysOf.set(action, [...(keysOf.get(action) ?? []), key]);
    if (directions.has(key)) directed.add(action);
  }
  const nameless = [...directed].filter((action) => actionWords(names, action) === "");
  const all = nameless.flatMap((action) => keysOf.get(action) ?? []);
  const shared = all.length > 0 ? [row(DIRECTIONS, all, STICK)] : [];
  const others = [...keysOf].filter(([action]) => !nameless.includes(action));
  return [
    ...shared,
    ...others.map(([action, keys]) => {
      const words = actionWords(names, action) || `Action ${action}`;
      return row(words, keys, directed.has(action) ? STICK : nameOf(keys, layout));
    }),
  ];
}

function row(words: string, keys: readonly string[], button: string): HelpRow {
  return { words, caps: keys.map(keyCap), button };
}

function nameOf(keys: readonly string[], layout: GamepadLayout): string {
  return keys.map((key) => buttonName(layout, key)).find((name) => name !== "") ?? "";
}

/** Say what the mouse does; empty where it does nothing but what keys say. */
export function mouseWords(isShapeSteered: boolean, box: PointedBox | null): string {
  if (isShapeSteered || box?.hover === true) return "The mouse over the court steers as well.";
  return box === null ? "" : "With its button pressed, the mouse steers as well.";
}

/** Say in a line what a gamepad does. */
export function gamepadWords(seat: SeatKeys): string {
  const rows = helpRows(seat).filter(({ button }) => button !== "");
  const steers = seat.box !== null || rows.some(({ button }) => button === STICK);
  const buttons = rows
    .filter(({ button }) => button !== STICK)
    .slice(0, MOST_IN_HINT)
    .map(
      ({ words, caps, button }) => `${button}: ${words.startsWith("Action ") ? caps[0] : words}`,
    );
  const parts = [...(steers ? ["the stick steers"] : []), ...buttons];
  return parts.length === 0 ? "" : `Gamepad: ${parts.join(" · ")}`;
}
