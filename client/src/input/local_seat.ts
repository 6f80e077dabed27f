/**
 * One seat that is played on this page: its devices, and the action it holds.
 *
 * The keyboard and the pointer take turns: whichever was used last decides. Only changes are told.
 */

import { centreOf, type Shape } from "../render/display_list";
import type { Size } from "../render/fit";
import type { KeyBinding } from "./key_map";
import { Keyboard } from "./keyboard";
import { Pointer } from "./pointer";
import { type Box, type PointerRule, ShapeFollower, shapeKey, toCourt } from "./steering";

/** Frames that pass in any case between a held action and the picture that shows it. */
const PICTURE_DELAY_FRAMES = 2;

export interface SeatOptions {
  seat: number;
  bindings: readonly KeyBinding[];
  noop: number;
  /** Null for a game that cannot be steered by pointing. */
  pointer: PointerRule | null;
  screen: Size;
  /** Where the court is in the window. */
  courtBounds: () => Box;
  isMirrored: () => boolean;
  inputDelayFrames: () => number;
  onAction: (seat: number, action: number) => void;
}

export class LocalSeat {
  private readonly keyboard: Keyboard;
  private readonly pointer: Pointer;
  private readonly follower = new ShapeFollower();
  private held: number;

  constructor(private readonly options: SeatOptions) {
    this.held = options.noop;
    this.pointer = new Pointer(options.courtBounds, (isUsed) => {
      if (!isUsed) this.hold(options.noop);
    });
    this.keyboard = new Keyboard(options.bindings, options.noop, (action) => {
      this.pointer.release();
      this.hold(action);
    });
  }

  /** Listen to the devices until the signal is aborted. */
  listen(target: Window, area: HTMLElement, pad: HTMLElement, signal: AbortSignal): void {
    this.keyboard.listen(target, signal);
    if (this.options.pointer !== null) this.pointer.listen(area, pad, signal);
  }

  /** Key of the shape this seat steers; null without one. */
  shapeKey(): string | null {
    const rule = this.options.pointer;
    return rule === null ? null : shapeKey(rule, this.options.seat);
  }

  /** A new frame was drawn by the game: look where the shape is and steer on. */
  follow(shape: Shape | null): void {
    const { pointer: rule, noop, screen } = this.options;
    if (rule === null || shape === null) return;
    this.follower.follow(centreOf(shape)[rule.axis]);
    const place = this.pointer.current();
    if (place === null) return;
    const length = rule.axis === "x" ? screen.width : screen.height;
    const target = toCourt(rule.axis, place, place.box, length, this.options.isMirrored());
    const delayFrames = this.options.inputDelayFrames() + PICTURE_DELAY_FRAMES;
    this.hold(this.follower.action(rule, noop, target, delayFrames));
  }

  private hold(action: number): void {
    if (action === this.held) return;
    this.held = action;
    this.options.onAction(this.options.seat, action);
  }
}
