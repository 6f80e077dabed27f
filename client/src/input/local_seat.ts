/**
 * One seat that is played on this page: its devices, and the action it holds.
 *
 * Keys, with the buttons and gamepads that stand for keys, take turns with the pointer and with a stick that
 * moves numbers: whichever was used last decides, and when that is let go, the keys that are held. Only
 * changes are told.
 */

import { centreOf, type Shape } from "../render/display_list";
import type { Size } from "../render/fit";
import { GamepadKeys, gamepadLayout, isStandard, type PadState } from "./gamepad_map";
import { watchGamepads } from "./gamepads";
import type { KeyBinding } from "./key_map";
import { KeyPad } from "./key_pad";
import { Keyboard } from "./keyboard";
import { MouseButtons } from "./mouse_buttons";
import type { PadLayout } from "./pad_layout";
import { type PointedBox, pointedAction, stickAction } from "./pointed_box";
import { Pointer } from "./pointer";
import { type Box, type PointerRule, Steering, toCourt } from "./steering";

/** An action reaches the worker before its next frame or, at worst, the one after. */
const WORKER_DELAY_FRAMES = 1;

export interface SeatOptions {
  seat: number;
  bindings: readonly KeyBinding[];
  noop: number;
  /** Null for a game in which no shape is steered by pointing. */
  pointer: PointerRule | null;
  /** Null for actions whose numbers follow no pointer. */
  box: PointedBox | null;
  /** The keys that thumbs need on a touch screen; null where there are none, or pointing does it. */
  padLayout: PadLayout | null;
  screen: Size;
  frameRateHz: number;
  /** Where the court is in the window. */
  courtBounds: () => Box;
  isMirrored: () => boolean;
  inputDelayFrames: () => number;
  onAction: (seat: number, action: number) => void;
}

export class LocalSeat {
  private readonly keyboard: Keyboard;
  private readonly pointer: Pointer;
  private readonly gamepad: GamepadKeys;
  private readonly steering: Steering | null;
  private held: number;
  private isStickOut = false;

  constructor(private readonly options: SeatOptions) {
    const { bindings, noop, pointer, box, courtBounds } = options;
    this.held = noop;
    this.steering = pointer === null ? null : new Steering(pointer);
    const hovers = box === null || box.hover;
    this.pointer = new Pointer(courtBounds, (isUsed) => this.onPointer(isUsed), hovers);
    this.keyboard = new Keyboard(bindings, noop, options.frameRateHz, (action) => {
      this.pointer.release();
      this.hold(action);
    });
    this.gamepad = new GamepadKeys(gamepadLayout(bindings, noop), this.keyboard, box === null);
  }

  /** Listen to the devices until the signal is aborted. */
  listen(target: Window, area: HTMLElement, pad: HTMLElement, signal: AbortSignal): void {
    const { pointer, box, padLayout, bindings } = this.options;
    this.keyboard.listen(target, signal);
    if (pointer !== null) this.pointer.listen(area, pad, signal);
    else if (box !== null) this.pointer.listen(area, null, signal);
    if (padLayout !== null) new KeyPad(pad, padLayout, this.keyboard).listen(signal);
    new MouseButtons(bindings, this.keyboard).listen(area, signal);
    watchGamepads(target, (pads) => this.onGamepads(pads), signal);
  }

  /** A frame of the game was made, due at `dueMs` on the page's clock. */
  noteFrame(dueMs: number): void {
    this.keyboard.noteFrame(dueMs);
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

  private onPointer(isUsed: boolean): void {
    const { box } = this.options;
    const place = this.pointer.current();
    if (!isUsed) this.hold(this.keyboard.current());
    else if (box !== null && place !== null)
      this.hold(pointedAction(box, place, this.options.isMirrored()));
  }

  private onGamepads(pads: readonly PadState[]): void {
    this.gamepad.update(pads);
    const { box } = this.options;
    if (box === null) return;
    const actions = pads
      .filter(isStandard)
      .map(({ axes: [x = 0, y = 0] }) => stickAction(box, x, y, this.options.isMirrored()));
    const action = actions.find((each) => each !== null) ?? null;
    if (action !== null) this.pointer.release();
    if (action !== null || this.isStickOut) this.hold(action ?? this.keyboard.current());
    this.isStickOut = action !== null;
  }

  private hold(action: number): void {
    if (action === this.held) return;
    this.held = action;
    this.options.onAction(this.options.seat, action);
  }
}
