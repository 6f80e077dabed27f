/** The mouse's buttons over the court, as keys of the game; a touch of the court is the left one. */

import { isBound, type KeyBinding } from "./key_map";
import type { Keys } from "./key_pad";

/** By the bit that says so in `PointerEvent.buttons`. */
const BUTTONS: readonly (readonly [number, string])[] = [
  [1, "MouseLeft"],
  [2, "MouseRight"],
  [4, "MouseMiddle"],
];

export class MouseButtons {
  private readonly buttons: typeof BUTTONS;
  private held = 0;

  constructor(
    bindings: readonly KeyBinding[],
    private readonly keys: Keys,
  ) {
    this.buttons = BUTTONS.filter(([, key]) => isBound(bindings, key));
  }

  /** Listen until the signal is aborted. */
  listen(area: HTMLElement, signal: AbortSignal): void {
    if (this.buttons.length === 0) return;
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const)
      area.addEventListener(name, (event) => this.take(event), { signal });
    // Else the browser scrolls by the middle button and opens its menu by the right one.
    const isOurs = (button: number): boolean => this.buttons.some(([bit]) => bit === 1 << button);
    area.addEventListener(
      "mousedown",
      (event) => {
        if (event.button === 1 && isOurs(2)) event.preventDefault();
      },
      { signal },
    );
    area.addEventListener(
      "contextmenu",
      (event) => {
        if (isOurs(1)) event.preventDefault();
      },
      { signal },
    );
  }

  private take(event: PointerEvent): void {
    if (!event.isPrimary) return;
    // From here on the court hears of the button wherever it is let go.
    if (event.type === "pointerdown" && event.currentTarget instanceof Element)
      event.currentTarget.setPointerCapture(event.pointerId);
    this.hold(event.buttons);
  }

  /** Take which buttons are pressed now, as bits. */
  hold(pressed: number): void {
    const before = this.held;
    this.held = pressed;
    for (const [bit, key] of this.buttons) {
      if (pressed & bit & ~before) this.keys.hold(key);
      else if (before & bit & ~pressed) this.keys.letGo(key);
    }
  }
}
