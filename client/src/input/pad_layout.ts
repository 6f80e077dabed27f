/** Which keys of a game a thumb needs: a cross for the arrows, a button for each other action. */

import { actionOf, type KeyBinding, keyName } from "./key_map";

export const ARROWS = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"] as const;
export type Arrow = (typeof ARROWS)[number];

export interface PadLayout {
  /** Those that mean something in this game. */
  arrows: readonly Arrow[];
  /** Names of the keys that have a button. */
  buttons: readonly string[];
}

/** More do not fit beside the cross, and no thumb would find them. */
const MOST_BUTTONS = 3;
/** Nearer to the middle than this share of the cross's half, nothing is held. */
const DEAD_SHARE = 0.22;
/** A thumb that slides along a diagonal keeps its direction until another is clearly meant. */
const KEEPS_UNTIL = 1.25;

/** Return the pad of a game; null for one that is not played by arrow keys. */
export function padLayout(bindings: readonly KeyBinding[], noop: number): PadLayout | null {
  const alone = bindings.filter(({ keys }) => keys.length === 1);
  const arrows = ARROWS.filter((arrow) => alone.some(({ keys }) => keys[0] === arrow));
  if (arrows.length === 0) return null;
  // What an arrow does already, under a letter as well, needs no button of its own.
  const done = new Set(arrows.map((arrow) => actionOf(bindings, [arrow], noop)).concat(noop));
  const buttons: string[] = [];
  for (const { keys, action } of alone) {
    if (done.has(action)) continue;
    done.add(action);
    buttons.push(keyName(keys[0] ?? ""));
  }
  return { arrows, buttons: buttons.slice(0, MOST_BUTTONS) };
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
  const pull: Record<Arrow, number> = {
    ArrowUp: -y,
    ArrowRight: x,
    ArrowDown: y,
    ArrowLeft: -x,
  };
  const [first, ...others] = arrows;
  if (first === undefined) return null;
  const best = others.reduce((a, b) => (pull[b] > pull[a] ? b : a), first);
  if (pull[best] <= 0) return null;
  const keeps = before !== null && pull[before] > 0 && pull[best] < pull[before] * KEEPS_UNTIL;
  return keeps ? before : best;
}

/** What stands on a key's button. */
export function keyLabel(key: string): string {
  if (key === " ") return "●";
  return key.length === 1 ? key.toUpperCase() : key;
}
