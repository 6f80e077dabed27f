/** Fit a court into a space: as large as possible, centred, with its proportions kept. */

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

export function fitCourt(court: Size, space: Size, devicePixelRatio: number): Fit {
  const cssScale = Math.max(0, Math.min(space.width / court.width, space.height / court.height));
  const canvasWidth = Math.max(1, Math.floor(court.width * cssScale * devicePixelRatio));
  const scale = canvasWidth / court.width;
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
