/**
 * Choose what to draw at an instant between two frames of the game.
 *
 * A display that is faster than the game would show every frame once or twice in an uneven rhythm. So there
 * the shapes of the last two frames that have equal keys are blended, which costs one frame of delay in the
 * picture. A display as fast as the game or slower gets the newest frame at once.
 */

import type { DisplayList, Shape, ShapeKind } from "./display_list";

/**
 * The display counts as faster when its period is below this share of the game's. A 60 Hz display next to a
 * 60 Hz game measures within 2 %, and 75 Hz is 0.8 of it.
 */
const FASTER_DISPLAY = 0.9;
/**
 * A jump by more than this share of the court's width is a leap (a new serve), not a movement. A slow game
 * moves further in a frame: a step on a board of eight fields, ten times a second, is none.
 */
const LEAP = 0.1;
const LEAP_PER_MS = 0.006;
const MOST_LEAP = 0.5;

/** Which number of a shape is an angle. */
const ANGLES: Partial<Record<ShapeKind, number>> = { sprite: 4, camera: 3 };

/** The way round that is shorter, in radians. */
function shortestTurn(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

function blendShape(from: Shape, to: Shape, share: number, leap: number): Shape {
  if (from.kind !== to.kind || from.numbers.length !== to.numbers.length) return to;
  const [fromX = 0, fromY = 0] = from.numbers;
  const [toX = 0, toY = 0] = to.numbers;
  if (Math.abs(toX - fromX) > leap || Math.abs(toY - fromY) > leap) return to;
  const numbers = to.numbers.map((value, index) => {
    const start = from.numbers[index] ?? value;
    const change = index === ANGLES[to.kind] ? shortestTurn(value - start) : value - start;
    return start + change * share;
  });
  return { ...to, numbers };
}

/**
 * Blend two frames.
 *
 * @param share 0 draws `from`, 1 draws `to`. Shapes without a partner of the same key are drawn as in `to`.
 * @param leapShare What is a leap, as a share of the court's width.
 */
export function blend(
  from: DisplayList,
  to: DisplayList,
  share: number,
  leapShare = LEAP,
): DisplayList {
  if (share >= 1) return to;
  const earlier = new Map<string, Shape>();
  for (const shape of from.shapes) if (shape.key !== "") earlier.set(shape.key, shape);
  const leap = to.width * leapShare;
  const shapes = to.shapes.map((shape) => {
    const partner = shape.key === "" ? undefined : earlier.get(shape.key);
    return partner === undefined ? shape : blendShape(partner, shape, share, leap);
  });
  return { ...to, shapes };
}

/** Holds the last two frames and answers what to draw at an instant. */
export class FrameBuffer {
  private previous: DisplayList | null = null;
  private newest: DisplayList | null = null;
  private newestTimeMs = 0;

  private readonly leapShare: number;

  constructor(private readonly gamePeriodMs: number) {
    this.leapShare = Math.min(MOST_LEAP, Math.max(LEAP, LEAP_PER_MS * gamePeriodMs));
  }

  /** Take a frame that was finished at `timeMs` on the page's clock. */
  push(list: DisplayList, timeMs: number): void {
    this.previous = this.newest;
    this.newest = list;
    this.newestTimeMs = timeMs;
  }

  /** The newest frame as the game drew it; null before the first. */
  latest(): DisplayList | null {
    return this.newest;
  }

  /** Return what to draw at `nowMs` on a display with the given period; null before the first frame. */
  sample(nowMs: number, displayPeriodMs: number): DisplayList | null {
    if (this.newest === null || this.previous === null) return this.newest;
    if (displayPeriodMs >= FASTER_DISPLAY * this.gamePeriodMs) return this.newest;
    const share = (nowMs - this.newestTimeMs) / this.gamePeriodMs;
    return blend(this.previous, this.newest, Math.min(1, Math.max(0, share)), this.leapShare);
  }

  clear(): void {
    this.previous = null;
    this.newest = null;
  }
}
