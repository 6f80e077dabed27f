/**
 * Fit a court into a space: centred, with its proportions kept, as large as possible or as is wished.
 *
 * A game may wish for a zoom: how many CSS pixels one pixel of its own becomes, as long as there is room. Those
 * of a picture are then whole device pixels, so that all of them have the same size and sharp edges.
 */

export interface Fit {
  /** CSS pixels inside the space. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** Size of the canvas in device pixels; whole numbers, so that edges stay crisp. */
  canvasWidth: number;
  canvasHeight: number;
  /** Device pixels for one court pixel. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Zoom {
  /** CSS pixels for one pixel of the game's own. */
  factor: number;
  /** How many court pixels a pixel of the game's picture takes; null where it draws shapes instead. */
  pixelSize: number | null;
}

/** So much less than a whole pixel is one. */
const ROUNDING = 1e-6;

/** Device pixels for a court pixel, as large as there is room for. */
function scaleWithin(court: Size, space: Size, devicePixelRatio: number): number {
  const cssScale = Math.min(space.width / court.width, space.height / court.height);
  return Math.max(0, cssScale) * devicePixelRatio;
}

/** Where there is less room for a pixel, in device pixels, making it whole would cost too much of the size. */
const LEAST_WHOLE = 2;

/** The scale nearest to the one wished for, at which the pixels of a picture are whole. */
function zoomedScale({ factor, pixelSize }: Zoom, most: number, devicePixelRatio: number): number {
  const wished = factor * devicePixelRatio;
  if (pixelSize === null) return Math.min(wished, most);
  const room = most * pixelSize;
  const isCramped = wished > room && room < LEAST_WHOLE;
  if (wished < 1 || isCramped) return Math.min(wished, room) / pixelSize;
  return Math.min(Math.round(wished), Math.floor(room)) / pixelSize;
}

export function fitCourt(
  court: Size,
  space: Size,
  devicePixelRatio: number,
  zoom: Zoom | null = null,
): Fit {
  const most = scaleWithin(court, space, devicePixelRatio);
  const wanted = zoom === null ? most : zoomedScale(zoom, most, devicePixelRatio);
  const canvasWidth = Math.max(1, Math.floor(court.width * wanted + ROUNDING));
  const scale = zoom === null ? canvasWidth / court.width : wanted;
  const canvasHeight = Math.max(1, Math.round(court.height * scale));
  const width = canvasWidth / devicePixelRatio;
  const height = canvasHeight / devicePixelRatio;
  return {
    left: Math.max(0, Math.round((space.width - width) / 2)),
    top: Math.max(0, Math.round((space.height - height) / 2)),
    width,
    height,
    canvasWidth,
    canvasHeight,
    scale,
  };
}
