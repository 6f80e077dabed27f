/**
 * Keys for thumbs: a cross on the left, buttons on the right, on a device that is touched.
 *
 * In a game without directions there are buttons alone.
 *
 * A thumb that slides over the cross changes the direction without being lifted. Cross and buttons
 * each follow a finger of their own, so that both can be held.
 */

import { ARROWS, type Arrow } from "./directions";
import { arrowsAt, type PadLayout } from "./pad_layout";

/** A longer word is written small. */
const LONGEST_LARGE_LABEL = 2;

/** What holds keys for us; a keyboard, say. */
export interface Keys {
  hold: (key: string) => void;
  letGo: (key: string) => void;
}

export class KeyPad {
  private readonly cross = part("pad-cross");
  private readonly buttons = part("pad-buttons");
  private held: readonly Arrow[] = [];

  constructor(
    pad: HTMLElement,
    private readonly layout: PadLayout,
    private readonly keys: Keys,
  ) {
    const arrows = ARROWS.filter((arrow) => layout.directions.has(arrow));
    for (const arrow of arrows) this.cross.append(part(`pad-arrow ${arrow}`));
    this.buttons.dataset.count = String(layout.buttons.length);
    pad.replaceChildren(...(arrows.length > 0 ? [this.cross] : []), this.buttons);
  }

  /** Listen until the signal is aborted. */
  listen(signal: AbortSignal): void {
    follow(
      this.cross,
      signal,
      (event) => this.point(this.arrowsOf(event)),
      () => this.point([]),
    );
    for (const { key, label } of this.layout.buttons) {
      const button = part("pad-button", label);
      button.classList.toggle("is-word", label.length > LONGEST_LARGE_LABEL);
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

  private arrowsOf(event: PointerEvent): readonly Arrow[] {
    const box = this.cross.getBoundingClientRect();
    const x = (event.clientX - box.left) / (box.width / 2) - 1;
    const y = (event.clientY - box.top) / (box.height / 2) - 1;
    return arrowsAt(x, y, this.layout, this.held);
  }

  private point(arrows: readonly Arrow[]): void {
    const before = this.held;
    this.held = arrows;
    this.cross.dataset.held = arrows.join(" ");
    // The new ones first: between the two, nothing at all would be held.
    for (const arrow of arrows) if (!before.includes(arrow)) this.keys.hold(this.keyOf(arrow));
    for (const arrow of before) if (!arrows.includes(arrow)) this.keys.letGo(this.keyOf(arrow));
  }

  private keyOf(arrow: Arrow): string {
    return this.layout.directions.get(arrow) ?? arrow;
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
