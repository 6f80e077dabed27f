/**
 * Steer a shape of the game to where the pointer is.
 *
 * A game knows only its actions; the pointer names a place. So the page compares the place with the shape
 * that the game draws and holds the action that brings the shape nearer. What is held now takes effect only
 * some frames later, so the shape is looked at where it will be by then; otherwise it would swing about its
 * target by the distance it moves in these frames.
 */

export interface PointerRule {
  /** Key of the shape; `{player}` stands for the seat. */
  shape: string;
  axis: "x" | "y";
  /** Action that makes the coordinate smaller. */
  decrease: number;
  increase: number;
  /** Within this distance, in court pixels, the shape is there. */
  deadZone: number;
}

export function shapeKey(rule: PointerRule, seat: number): string {
  return rule.shape.replace("{player}", String(seat));
}

/**
 * Return the action that brings the shape to the target.
 *
 * @param position Where the shape is, in court pixels.
 * @param speed By how much it moved in the last frame.
 * @param delayFrames Frames until what is held now shows.
 */
export function steer(
  rule: PointerRule,
  noop: number,
  target: number,
  position: number,
  speed: number,
  delayFrames: number,
): number {
  const distance = target - (position + speed * delayFrames);
  if (Math.abs(distance) <= rule.deadZone) return noop;
  return distance < 0 ? rule.decrease : rule.increase;
}

/** Follows one shape from frame to frame and remembers how fast it moves. */
export class ShapeFollower {
  private position: number | null = null;
  private speed = 0;

  /** Take the position in a new frame. */
  follow(position: number): void {
    this.speed = this.position === null ? 0 : position - this.position;
    this.position = position;
  }

  /** The action towards the target; the no-op before the shape was seen. */
  action(rule: PointerRule, noop: number, target: number, delayFrames: number): number {
    if (this.position === null) return noop;
    return steer(rule, noop, target, this.position, this.speed, delayFrames);
  }
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Turn a place in the window into a coordinate of the court.
 *
 * @param box The court in the window, or the pad that stands for it: its edges are the court's edges.
 * @param length The court's extent along the axis, in court pixels.
 */
export function toCourt(
  axis: "x" | "y",
  place: { x: number; y: number },
  box: Box,
  length: number,
  isMirrored: boolean,
): number {
  const share = axis === "x" ? (place.x - box.left) / box.width : (place.y - box.top) / box.height;
  const clamped = Math.min(1, Math.max(0, share));
  return (axis === "x" && isMirrored ? 1 - clamped : clamped) * length;
}
