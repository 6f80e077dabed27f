/**
 * Mouse and touch: where the player points to.
 *
 * A mouse steers while it moves over the court, without a button. A finger steers while it touches the court
 * or the pad below it (on a phone held upright, where a thumb on the court would hide the ball); when it is
 * lifted, the shape stays where it is.
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
  private touchId: number | null = null;

  /**
   * @param court Where the court is in the window.
   * @param onUse The player has taken the pointer in hand (true) or let it go (false).
   */
  constructor(
    private readonly court: () => Box,
    private readonly onUse: (isUsed: boolean) => void,
  ) {}

  /** The place pointed to; null while nothing points. */
  current(): PointerPlace | null {
    return this.place;
  }

  /** Listen until the signal is aborted. `pad` may be hidden; then only the court counts. */
  listen(area: HTMLElement, pad: HTMLElement, signal: AbortSignal): void {
    const over = (box: () => Box) => (event: PointerEvent) => this.move(event, box());
    const padBox = (): Box => pad.getBoundingClientRect();
    area.addEventListener("pointerdown", (event) => this.press(event, this.court()), { signal });
    area.addEventListener("pointermove", over(this.court), { signal });
    pad.addEventListener("pointerdown", (event) => this.press(event, padBox()), { signal });
    pad.addEventListener("pointermove", over(padBox), { signal });
    for (const element of [area, pad]) {
      element.addEventListener("pointerup", (event) => this.lift(event), { signal });
      element.addEventListener("pointercancel", (event) => this.lift(event), { signal });
      element.addEventListener("pointerleave", (event) => this.lift(event), { signal });
    }
  }

  /** Another device is in use: forget the place. */
  release(): void {
    this.place = null;
    this.touchId = null;
  }

  private press(event: PointerEvent, box: Box): void {
    if (event.pointerType !== "mouse") {
      this.touchId = event.pointerId;
      // From here on this element hears of the finger wherever it slides to.
      if (event.currentTarget instanceof Element)
        event.currentTarget.setPointerCapture(event.pointerId);
    }
    this.point(event, box);
  }

  private move(event: PointerEvent, box: Box): void {
    if (event.pointerType === "mouse" || event.pointerId === this.touchId) this.point(event, box);
  }

  private point(event: PointerEvent, box: Box): void {
    this.place = { x: event.clientX, y: event.clientY, box };
    this.onUse(true);
  }

  private lift(event: PointerEvent): void {
    if (
      event.pointerType === "mouse"
        ? event.type !== "pointerleave"
        : event.pointerId !== this.touchId
    )
      return;
    this.release();
    this.onUse(false);
  }
}
