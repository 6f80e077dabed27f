/** What a game renders by itself is the one picture on its court (`peergym.envs.drawing`). */

import type { DisplayList, Shape } from "./display_list";

/** The picture that a game has rendered; null if it draws shapes. */
export function ownPicture(shapes: readonly Shape[]): Shape | null {
  const [first, ...others] = shapes;
  return first?.kind === "sprite" && others.length === 0 ? first : null;
}

/**
 * Move the picture by less than a device pixel, so that its pixels lie on the display's.
 *
 * @param scale Device pixels for a court pixel.
 */
export function onPixels(list: DisplayList, scale: number): DisplayList {
  const picture = ownPicture(list.shapes);
  if (picture === null) return list;
  const [x = 0, y = 0, width = 0, height = 0, ...rest] = picture.numbers;
  const snapped = (middle: number, side: number): number =>
    Math.round((middle - side / 2) * scale) / scale + side / 2;
  const numbers = [snapped(x, Math.abs(width)), snapped(y, Math.abs(height)), width, height];
  return { ...list, shapes: [{ ...picture, numbers: [...numbers, ...rest] }] };
}
