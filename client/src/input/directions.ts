/** Which of a game's keys are its directions: the arrows, or in games without them w a s d. */

import type { KeyBinding } from "./key_map";
import { keyName } from "./key_map";

export const ARROWS = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"] as const;
export type Arrow = (typeof ARROWS)[number];

/** For each direction that means something, the key that stands for it. */
export type Directions = ReadonlyMap<Arrow, string>;

const LETTERS: Record<Arrow, string> = {
  ArrowUp: "w",
  ArrowRight: "d",
  ArrowDown: "s",
  ArrowLeft: "a",
};
const OPPOSITES: readonly (readonly [Arrow, Arrow])[] = [
  ["ArrowUp", "ArrowDown"],
  ["ArrowLeft", "ArrowRight"],
];

/** Return the directions of a game; none for one that has no such keys. */
export function directionsOf(bindings: readonly KeyBinding[]): Directions {
  const alone = new Set(
    bindings.filter(({ keys }) => keys.length === 1).map(({ keys }) => keyName(keys[0] ?? "")),
  );
  const arrows = ARROWS.filter((arrow) => alone.has(arrow));
  if (arrows.length > 0) return new Map(arrows.map((arrow) => [arrow, arrow]));
  // A single letter may mean anything; two that lie opposite each other mean a way and its way back.
  const isLettered = OPPOSITES.some((pair) => pair.every((arrow) => alone.has(LETTERS[arrow])));
  const lettered = isLettered ? ARROWS.filter((arrow) => alone.has(LETTERS[arrow])) : [];
  return new Map(lettered.map((arrow) => [arrow, LETTERS[arrow]]));
}

/** Whether two directions held together are something else than either of them. */
export function hasDiagonals(bindings: readonly KeyBinding[], directions: Directions): boolean {
  const keys = new Set(directions.values());
  return bindings.some(
    (binding) => binding.keys.filter((key) => keys.has(keyName(key))).length === 2,
  );
}
