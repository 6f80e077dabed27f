/**
 * Fit a court into a space: centred, with its proportions kept, as large as possible or as is wished.
 *
 * A game may wish for a zoom: how many CSS pixels one pixel of its own becomes, as long as there is room. Its
 * pixels are then whole device pixels, so that all of them have the same size and sharp edges.
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
  /** How many court pixels one pixel of the game's own takes: more than 1 where it is a picture. */
  pixelSize: number;
}

/** So much less than a whole pixel is one. */
const ROUNDING = 1e-6;

/** Device pixels for a court pixel, as large as there is room for. */
function scaleWithin(court: Size, space: Size, devicePixelRatio: number): number {
  const cssScale = Math.min(space.width / court.width, space.height / court.height);
  return Math.max(0, cssScale) * devicePixelRatio;
}

/** The nearest scale to the one wished for at which a pixel of the game's own is whole. */
function zoomedScale({ factor, pixelSize }: Zoom, most: number, devicePixelRatio: number): number {
  const wished = factor * devicePixelRatio;
  const room = most * pixelSize;
  // Where not even one device pixel is left for it, nothing can be sharp: then all of it is shown.
  const devicePixels = room < 1 ? Math.min(wished, room) : Math.min(wished, Math.floor(room));
  return (devicePixels < 1 ? devicePixels : Math.round(devicePixels)) / pixelSize;
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
