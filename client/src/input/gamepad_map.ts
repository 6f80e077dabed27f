/**
 * From a gamepad to the keys that it stands for.
 *
 * Theory of operation: the cross and the left stick are the game's directions; the buttons, those of the
 * face first and then those of the shoulders, are its other actions in the game's order. So a gamepad
 * plays whatever keys play. Only the standard layout is known; of another nothing is guessed.
 *
 * A stick rests nowhere exactly, so it begins to hold a direction further out than it lets go of it. In a
 * game in which two directions together are neither of them, it turns in four steps as a cross does.
 *
 * Source: https://www.w3.org/TR/gamepad/#remapping
 */

import { ARROWS, type Arrow, type Directions, directionsOf, hasDiagonals } from "./directions";
import type { KeyBinding } from "./key_map";
import type { Keys } from "./key_pad";
import { actionKeys, arrowsAt, pulls } from "./pad_layout";

/** What is read of a gamepad; `Gamepad` of the browser is one. */
export interface PadState {
  readonly index: number;
  readonly mapping: string;
  /** From -1 to 1, the left stick's first: to the right, downwards. */
  readonly axes: readonly number[];
  readonly buttons: readonly { readonly pressed: boolean }[];
}

export interface GamepadLayout {
  directions: Directions;
  hasDiagonals: boolean;
  /** For the number of a button the key that it stands for. */
  buttons: ReadonlyMap<number, string>;
}

/** A direction is held from here on, as a share of the stick's way. */
const PRESSED_AT = 0.5;
/** And until here; a worn stick rests up to 0.2 beside its middle. */
const RELEASED_AT = 0.35;

/** The cross, by the standard's numbers of buttons. */
const CROSS: readonly (readonly [number, Arrow])[] = [
  [12, "ArrowUp"],
  [13, "ArrowDown"],
  [14, "ArrowLeft"],
  [15, "ArrowRight"],
];
/** The buttons that actions get, in this order, and what they are called on most gamepads. */
const ACTION_BUTTONS: readonly (readonly [number, string])[] = [
  [0, "A"],
  [1, "B"],
  [2, "X"],
  [3, "Y"],
  [5, "RB"],
  [4, "LB"],
  [7, "RT"],
  [6, "LT"],
];
/** Called Start, Menu, Options or plus. */
export const START_BUTTON = 9;

export function gamepadLayout(bindings: readonly KeyBinding[], noop: number): GamepadLayout {
  const directions = directionsOf(bindings);
  const keys = actionKeys(bindings, noop);
  const buttons = ACTION_BUTTONS.flatMap(([button], at) => {
    const key = keys[at];
    return key === undefined ? [] : [[button, key] as const];
  });
  return {
    directions,
    hasDiagonals: hasDiagonals(bindings, directions),
    buttons: new Map(buttons),
  };
}

/** What the button is called that stands for a key; empty without one. */
export function buttonName(layout: GamepadLayout, key: string): string {
  const [number] = [...layout.buttons].find(([, each]) => each === key) ?? [-1];
  return ACTION_BUTTONS.find(([each]) => each === number)?.[1] ?? "";
}

/** Whether the buttons of a gamepad are where the standard has them. */
export function isStandard(pad: PadState): boolean {
  return pad.mapping === "standard";
}

/** The directions in which a stick is held, when until now it was held in those of `before`. */
export function stickArrows(
  x: number,
  y: number,
  layout: Pick<GamepadLayout, "directions" | "hasDiagonals">,
  before: readonly Arrow[],
): readonly Arrow[] {
  const pull = pulls(x, y);
  const isFar = (arrow: Arrow): boolean =>
    pull[arrow] >= (before.includes(arrow) ? RELEASED_AT : PRESSED_AT);
  const arrows = ARROWS.filter((arrow) => layout.directions.has(arrow));
  if (layout.hasDiagonals) return arrows.filter(isFar);
  return arrowsAt(x, y, layout, before).filter(isFar);
}

/** The keys that gamepads hold for the seat that is played here; all gamepads play the same one. */
export class GamepadKeys {
  private held: ReadonlySet<string> = new Set();
  private sticks: ReadonlyMap<number, readonly Arrow[]> = new Map();

  /** @param usesStick Whether the stick holds directions; else it has another use. */
  constructor(
    private readonly layout: GamepadLayout,
    private readonly keys: Keys,
    private readonly usesStick = true,
  ) {}

  /** Take what the gamepads are now; with none, everything is let go. */
  update(pads: readonly PadState[]): void {
    const known = pads.filter(isStandard);
    this.sticks = new Map(known.map((pad) => [pad.index, this.stickOf(pad)]));
    const wanted = new Set(known.flatMap((pad) => this.keysOf(pad)));
    const before = this.held;
    this.held = wanted;
    // The new ones first: between the two, nothing at all would be held.
    for (const key of wanted) if (!before.has(key)) this.keys.hold(key);
    for (const key of before) if (!wanted.has(key)) this.keys.letGo(key);
  }

  private stickOf({ index, axes: [x = 0, y = 0] }: PadState): readonly Arrow[] {
    if (!this.usesStick) return [];
    return stickArrows(x, y, this.layout, this.sticks.get(index) ?? []);
  }

  private keysOf(pad: PadState): string[] {
    const isPressed = (button: number): boolean => pad.buttons[button]?.pressed === true;
    const cross = CROSS.filter(([button]) => isPressed(button)).map(([, arrow]) => arrow);
    const arrows = [...cross, ...(this.sticks.get(pad.index) ?? [])];
    const actions = [...this.layout.buttons].filter(([button]) => isPressed(button));
    return [
      ...arrows.flatMap((arrow) => this.layout.directions.get(arrow) ?? []),
      ...actions.map(([, key]) => key),
    ];
  }
}
