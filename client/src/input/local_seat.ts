/**
 * One seat that is played on this page: its devices, and the action it holds.
 *
 * The keyboard and the pointer take turns: whichever was used last decides. Only changes are told.
 */

import { centreOf, type Shape } from "../render/display_list";
import type { Size } from "../render/fit";
import type { KeyBinding } from "./key_map";
import { KeyPad } from "./key_pad";
import { Keyboard } from "./keyboard";
import type { PadLayout } from "./pad_layout";
import { Pointer } from "./pointer";
import { type Box, type PointerRule, Steering, toCourt } from "./steering";

/** An action reaches the worker before its next frame or, at worst, the one after. */
const WORKER_DELAY_FRAMES = 1;

export interface SeatOptions {
  seat: number;
  bindings: readonly KeyBinding[];
  noop: number;
  /** Null for a game that cannot be steered by pointing. */
  pointer: PointerRule | null;
  /** The keys that thumbs need on a touch screen; null where there are none, or pointing does it. */
  padLayout: PadLayout | null;
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
  private readonly steering: Steering | null;
  private held: number;

  constructor(private readonly options: SeatOptions) {
    this.held = options.noop;
    this.steering = options.pointer === null ? null : new Steering(options.pointer);
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
    const layout = this.options.padLayout;
    if (layout !== null) new KeyPad(pad, layout, this.keyboard).listen(signal);
  }

  /** A new frame was drawn by the game: look where this seat's shape is and steer on. */
  follow(shape: Shape | null): void {
    const { pointer: rule, noop, screen } = this.options;
    if (rule === null || shape === null || this.steering === null) return;
    this.steering.follow(centreOf(shape)[rule.axis], this.held);
    const place = this.pointer.current();
    if (place === null) return;
    const length = rule.axis === "x" ? screen.width : screen.height;
    const target = toCourt(rule.axis, place, place.box, length, this.options.isMirrored());
    const delayFrames = this.options.inputDelayFrames() + WORKER_DELAY_FRAMES;
    this.hold(this.steering.action(target, noop, delayFrames));
  }

  private hold(action: number): void {
    if (action === this.held) return;
    this.held = action;
    this.options.onAction(this.options.seat, action);
  }
}
