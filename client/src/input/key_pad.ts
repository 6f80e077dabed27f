/**
 * Keys for thumbs: a cross on the left, buttons on the right, on a device that is touched.
 *
 * A thumb that slides over the cross changes the direction without being lifted. Cross and buttons
 * each follow a finger of their own, so that both can be held.
 */

import { type Arrow, arrowAt, keyLabel, type PadLayout } from "./pad_layout";

/** What holds keys for us; a keyboard, say. */
export interface Keys {
  hold: (key: string) => void;
  letGo: (key: string) => void;
}

export class KeyPad {
  private readonly cross = part("pad-cross");
  private readonly buttons = part("pad-buttons");
  private arrow: Arrow | null = null;

  constructor(
    pad: HTMLElement,
    private readonly layout: PadLayout,
    private readonly keys: Keys,
  ) {
    for (const arrow of layout.arrows) this.cross.append(part(`pad-arrow ${arrow}`));
    pad.replaceChildren(this.cross, this.buttons);
  }

  /** Listen until the signal is aborted. */
  listen(signal: AbortSignal): void {
    follow(
      this.cross,
      signal,
      (event) => this.point(this.arrowOf(event)),
      () => this.point(null),
    );
    for (const key of this.layout.buttons) {
      const button = part("pad-button", keyLabel(key));
      this.buttons.append(button);
      const show = (isHeld: boolean): void => {
        button.classList.toggle("held", isHeld);
        if (isHeld) this.keys.hold(key);
        else this.keys.letGo(key);
      };
      follow(
        button,
        signal,
        () => show(true),
        () => show(false),
      );
    }
  }

  private arrowOf(event: PointerEvent): Arrow | null {
    const box = this.cross.getBoundingClientRect();
    const x = (event.clientX - box.left) / (box.width / 2) - 1;
    const y = (event.clientY - box.top) / (box.height / 2) - 1;
    return arrowAt(x, y, this.layout.arrows, this.arrow);
  }

  private point(arrow: Arrow | null): void {
    if (arrow === this.arrow) return;
    const before = this.arrow;
    this.arrow = arrow;
    this.cross.dataset.held = arrow ?? "";
    // The new one first: between the two, nothing at all would be held.
    if (arrow !== null) this.keys.hold(arrow);
    if (before !== null) this.keys.letGo(before);
  }
}

function part(className: string, text = ""): HTMLElement {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

/** Tell of the one finger that was put on an element, wherever it slides, until it is lifted. */
function follow(
  target: HTMLElement,
  signal: AbortSignal,
  onMove: (event: PointerEvent) => void,
  onLift: () => void,
): void {
  let finger: number | null = null;
  const lift = (event: PointerEvent): void => {
    if (event.pointerId !== finger) return;
    finger = null;
    onLift();
  };
  target.addEventListener(
    "pointerdown",
    (event) => {
      if (finger !== null) return;
      finger = event.pointerId;
      target.setPointerCapture(event.pointerId);
      onMove(event);
    },
    { signal },
  );
  target.addEventListener(
    "pointermove",
    (event) => {
      if (event.pointerId === finger) onMove(event);
    },
    { signal },
  );
  target.addEventListener("pointerup", lift, { signal });
  target.addEventListener("pointercancel", lift, { signal });
}
