/**
 * From a place, or a stick, to an action that is a box of numbers.
 *
 * A number is lowest at one edge of the picture and highest at the opposite one; a stick moves it away from
 * rest. It has as many values as the game declares, and the action is named by one whole number, to which
 * each of its numbers adds its share.
 */

import { type Box, toCourt } from "./steering";

/** `peergym.envs.pointer.PointedNumber` in JSON. */
export interface PointedNumber {
  /** Where it is highest. */
  toward: "right" | "left" | "up" | "down";
  levels: number;
  /** The level at which nothing is done, from 0. */
  rest: number;
  /** What one level more adds to the number of the action. */
  stride: number;
}

export interface PointedBox {
  numbers: readonly PointedNumber[];
  /** Whether a mouse steers without a button pressed. */
  hover: boolean;
}

/** A stick that is nearer to its middle than this rests, as a share of its way. */
const STICK_DEAD_ZONE = 0.15;

function actionOf(box: PointedBox, levelOf: (number: PointedNumber) => number): number {
  return box.numbers.reduce((sum, number) => {
    const { levels, rest, stride } = number;
    const steps = Math.round(levelOf(number)) - rest;
    return sum + ((steps + levels) % levels) * stride;
  }, 0);
}

/** Return the action for a place in the window, of which `place.box` are the edges. */
export function pointedAction(
  box: PointedBox,
  place: { x: number; y: number; box: Box },
  isMirrored: boolean,
): number {
  const right = toCourt("x", place, place.box, 1, isMirrored);
  const down = toCourt("y", place, place.box, 1, isMirrored);
  const shares = { right, left: 1 - right, down, up: 1 - down };
  return actionOf(box, ({ toward, levels }) => shares[toward] * (levels - 1));
}

/**
 * Return the action for a stick; null while it rests.
 *
 * @param x From -1 to 1, to the right; `y` is downwards.
 */
export function stickAction(
  box: PointedBox,
  x: number,
  y: number,
  isMirrored: boolean,
): number | null {
  const way = Math.hypot(x, y);
  if (way <= STICK_DEAD_ZONE) return null;
  // From the edge of the dead zone on, so that small values can be had; a corner may be reached, too.
  const reach = (way - STICK_DEAD_ZONE) / (1 - STICK_DEAD_ZONE) / way;
  const clamped = (value: number): number => Math.min(1, Math.max(-1, value * reach));
  const right = clamped(isMirrored ? -x : x);
  const down = clamped(y);
  const pulls = { right, left: -right, down, up: -down };
  return actionOf(box, ({ toward, levels, rest }) => {
    const pull = pulls[toward];
    return rest + pull * (pull > 0 ? levels - 1 - rest : rest);
  });
}
