/**
 * Steer a shape of the game to where the pointer is.
 *
 * A game knows only its actions; the pointer names a place. So the page compares the place with the shape
 * that the game draws and holds the action that brings the shape nearer. What is held now takes effect only
 * some frames later. So the shape is looked at where it will be when all that is under way has taken effect;
 * otherwise it would swing about its target by the distance it moves in these frames.
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

export function shapeKey(rule: Pick<PointerRule, "shape">, seat: number): string {
  return rule.shape.replace("{player}", String(seat));
}

/** Frames remembered: more than any input delay. */
const MEMORY_FRAMES = 32;

/** Follows one shape from frame to frame and decides what to hold. */
export class Steering {
  private position: number | null = null;
  /** By how much an action moves the shape in a frame, as far as that was seen. */
  private stride = 0;
  /** For each of the last frames what was held: -1 decreases, 1 increases, 0 neither. */
  private readonly held: number[] = [];

  constructor(private readonly rule: PointerRule) {}

  /** Take the shape's place in a new frame, and what was held while it was made. */
  follow(position: number, action: number): void {
    if (this.position !== null) {
      const moved = Math.abs(position - this.position);
      // Against an edge a shape moves by less than its stride, or not at all; slowly forget a wrong one.
      this.stride = Math.max(moved, this.stride * (moved > 0 ? 0.9 : 1));
    }
    this.position = position;
    this.held.push(this.direction(action));
    if (this.held.length > MEMORY_FRAMES) this.held.shift();
  }

  /**
   * Return the action towards a target; the no-op when the shape is there, or was never seen.
   *
   * @param target In court pixels along the rule's axis.
   * @param delayFrames Frames until what is held now shows.
   */
  action(target: number, noop: number, delayFrames: number): number {
    if (this.position === null) return noop;
    const underWay = delayFrames > 0 ? this.held.slice(-delayFrames) : [];
    const toCome = this.stride * underWay.reduce((sum, direction) => sum + direction, 0);
    const distance = target - (this.position + toCome);
    if (Math.abs(distance) <= this.rule.deadZone) return noop;
    return distance < 0 ? this.rule.decrease : this.rule.increase;
  }

  private direction(action: number): number {
    if (action === this.rule.decrease) return -1;
    return action === this.rule.increase ? 1 : 0;
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
