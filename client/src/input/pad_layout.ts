/** Which keys of a game a thumb needs: a cross for the directions, a button for each other action. */

import { actionWords } from "./action_words";
import { ARROWS, type Arrow, type Directions, directionsOf, hasDiagonals } from "./directions";
import { actionOf, type KeyBinding, keyName } from "./key_map";

export interface PadButton {
  /** Name of the key that it stands for. */
  key: string;
  /** The action's name, or else what the key is called. */
  label: string;
}

export interface PadLayout {
  directions: Directions;
  /** Whether two directions together are something else than either of them. */
  hasDiagonals: boolean;
  buttons: readonly PadButton[];
}

/** More do not fit beside the cross, and no thumb would find them. */
const MOST_BESIDE_CROSS = 4;
/** Without a cross there is room for four rows of three. */
const MOST_ALONE = 12;
/** Nearer to the middle than this share of the cross's half, nothing is held. */
const DEAD_SHARE = 0.22;
/** The sine of half an eighth of a turn: eight directions are equally wide. */
const EIGHTH_TURN = 0.383;
/** A thumb that slides along a diagonal keeps its direction until another is clearly meant. */
const KEEPS_UNTIL = 1.25;

/**
 * Return the keys, one for each action, that do something which no direction does; in the game's order.
 *
 * @param without A key that is not among them.
 */
export function actionKeys(
  bindings: readonly KeyBinding[],
  noop: number,
  without = "",
): readonly string[] {
  // What a direction does already, under another key as well, needs no key of its own.
  const directions = directionsOf(bindings);
  const done = new Set([noop]);
  for (const key of directions.values()) done.add(actionOf(bindings, [key], noop));
  const found: string[] = [];
  for (const { keys, action } of bindings) {
    const name = keyName(keys[0] ?? "");
    if (keys.length !== 1 || done.has(action) || name === without) continue;
    done.add(action);
    found.push(name);
  }
  return found;
}

/** Return the pad of a game; null for one that has no keys. */
export function padLayout(
  bindings: readonly KeyBinding[],
  noop: number,
  names: readonly string[],
): PadLayout | null {
  const directions = directionsOf(bindings);
  // What a click does, a touch of the court does.
  const keys = actionKeys(bindings, noop, "MouseLeft");
  if (directions.size === 0 && keys.length === 0) return null;
  const buttons = keys.slice(0, directions.size > 0 ? MOST_BESIDE_CROSS : MOST_ALONE);
  const label = (key: string): string =>
    actionWords(names, actionOf(bindings, [key], noop)) || keyLabel(key);
  return {
    directions,
    hasDiagonals: hasDiagonals(bindings, directions),
    buttons: buttons.map((key) => ({ key, label: label(key) })),
  };
}

/** Which pad a layout needs: a cross beside buttons, buttons alone, or none. */
export function padKind(layout: PadLayout | null): "keys" | "buttons" | "none" {
  if (layout === null) return "none";
  return layout.directions.size > 0 ? "keys" : "buttons";
}

/**
 * Return the arrow that a thumb on the cross means.
 *
 * @param x Distance from the middle, as a share of half the cross, to the right; `y` is downwards.
 * @param before What it meant until now.
 */
export function arrowAt(
  x: number,
  y: number,
  arrows: readonly Arrow[],
  before: Arrow | null,
): Arrow | null {
  if (Math.hypot(x, y) < DEAD_SHARE) return null;
  const pull = pulls(x, y);
  const [first, ...others] = ARROWS.filter((arrow) => arrows.includes(arrow));
  if (first === undefined) return null;
  const best = others.reduce((a, b) => (pull[b] > pull[a] ? b : a), first);
  if (pull[best] <= 0) return null;
  const keeps = before !== null && pull[before] > 0 && pull[best] < pull[before] * KEEPS_UNTIL;
  return keeps ? before : best;
}

/**
 * Return all arrows that a thumb on the cross means: one, or two where a game knows diagonals.
 *
 * @param before What it meant until now.
 */
export function arrowsAt(
  x: number,
  y: number,
  layout: Pick<PadLayout, "directions" | "hasDiagonals">,
  before: readonly Arrow[],
): readonly Arrow[] {
  const arrows = ARROWS.filter((arrow) => layout.directions.has(arrow));
  if (!layout.hasDiagonals) {
    const arrow = arrowAt(x, y, arrows, before[0] ?? null);
    return arrow === null ? [] : [arrow];
  }
  const way = Math.hypot(x, y);
  if (way < DEAD_SHARE) return [];
  const pull = pulls(x, y);
  return arrows.filter((arrow) => pull[arrow] > way * EIGHTH_TURN);
}

/** How far a place lies in each direction; `y` is downwards. */
export function pulls(x: number, y: number): Record<Arrow, number> {
  return { ArrowUp: -y, ArrowRight: x, ArrowDown: y, ArrowLeft: -x };
}

/** What stands on a key's button. */
function keyLabel(key: string): string {
  if (key === " ") return "●";
  return key.length === 1 ? key.toUpperCase() : key;
}
