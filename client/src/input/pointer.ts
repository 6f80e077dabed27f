/**
 * Mouse and touch: where the player points to.
 *
 * A mouse steers while it moves over the court: without a button, or only while the left one is pressed. A
 * finger steers while it touches the court or the pad below it (on a phone held upright, where a thumb on the
 * court would hide the ball); when it is lifted, the shape stays where it is.
 */

import type { Box } from "./steering";

export interface PointerPlace {
  x: number;
  y: number;
  /** What the place is measured in: the court, or the touch pad. */
  box: Box;
}

export class Pointer {
  private place: PointerPlace | null = null;
  /** The finger, or the mouse with its button pressed, that is followed wherever it goes. */
  private heldId: number | null = null;

  /**
   * @param court Where the court is in the window.
   * @param onUse The player points to a place (true) or has let the pointer go (false).
   * @param hovers Whether a mouse steers without a button pressed.
   */
  constructor(
    private readonly court: () => Box,
    private readonly onUse: (isUsed: boolean) => void,
    private readonly hovers = true,
  ) {}

  /** The place pointed to; null while nothing points. */
  current(): PointerPlace | null {
    return this.place;
  }

  /** Listen until the signal is aborted. `pad` may be hidden, or null; then only the court counts. */
  listen(area: HTMLElement, pad: HTMLElement | null, signal: AbortSignal): void {
    this.listenTo(area, this.court, signal);
    if (pad !== null) this.listenTo(pad, () => pad.getBoundingClientRect(), signal);
    // A button let go in another window sends nothing here.
    window.addEventListener("blur", () => this.drop(), { signal });
  }

  private listenTo(element: HTMLElement, box: () => Box, signal: AbortSignal): void {
    element.addEventListener("pointerdown", (event) => this.press(event, box()), { signal });
    element.addEventListener("pointermove", (event) => this.move(event, box()), { signal });
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const)
      element.addEventListener(name, (event) => this.lift(event), { signal });
  }

  /** Another device is in use: forget the place. */
  release(): void {
    this.place = null;
    this.heldId = null;
  }

  private isHovering(event: PointerEvent): boolean {
    return this.hovers && event.pointerType === "mouse";
  }

  private press(event: PointerEvent, box: Box): void {
    if (!this.isHovering(event)) {
      if (event.button !== 0) return;
      this.heldId = event.pointerId;
      // From here on this element hears of the finger wherever it slides to.
      if (event.currentTarget instanceof Element)
        event.currentTarget.setPointerCapture(event.pointerId);
    }
    this.point(event, box);
  }

  private move(event: PointerEvent, box: Box): void {
    if (this.isHovering(event) || event.pointerId === this.heldId) this.point(event, box);
  }

  private point(event: PointerEvent, box: Box): void {
    this.place = { x: event.clientX, y: event.clientY, box };
    this.onUse(true);
  }

  private lift(event: PointerEvent): void {
    const isOver = this.isHovering(event)
      ? event.type === "pointerleave"
      : event.pointerId === this.heldId;
    if (!isOver) return;
    this.release();
    this.onUse(false);
  }

  private drop(): void {
    if (this.heldId === null) return;
    this.release();
    this.onUse(false);
  }
}
