/** The keyboard of one local seat: which action the held keys mean. */

import { actionOf, isBound, type KeyBinding, keyName } from "./key_map";

/** Typing into a field is not playing. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement && target.matches("input:not([type=range]), select, textarea")
  );
}

/** Space and Enter on a focused button press that button. */
function isPressingControl(event: KeyboardEvent): boolean {
  const pressing = event.key === " " || event.key === "Enter";
  return (
    pressing && event.target instanceof HTMLElement && event.target.matches("button, a, summary")
  );
}

/** Arrow keys on a focused slider move the slider. */
function isMovingSlider(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLInputElement && event.key.startsWith("Arrow");
}

export class Keyboard {
  /** Names of the keys held, the newest last. */
  private held: string[] = [];

  constructor(
    private readonly bindings: readonly KeyBinding[],
    private readonly noop: number,
    private readonly onAction: (action: number) => void,
  ) {}

  /** Listen until the signal is aborted. */
  listen(target: Window, signal: AbortSignal): void {
    target.addEventListener("keydown", (event) => this.press(event), { signal });
    target.addEventListener("keyup", (event) => this.letGo(keyName(event.key)), { signal });
    // A key let go in another window sends nothing here.
    target.addEventListener("blur", () => this.releaseAll(), { signal });
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isBound(this.bindings, event.key)) return;
    if (isTyping(event) || isPressingControl(event) || isMovingSlider(event)) return;
    event.preventDefault();
    if (!event.repeat) this.hold(keyName(event.key));
  }

  /** A key is held from now on, on the keyboard or on what stands for it. */
  hold(name: string): void {
    if (this.held.includes(name)) return;
    this.held.push(name);
    this.tell();
  }

  /** A key is held no longer. */
  letGo(name: string): void {
    if (!this.held.includes(name)) return;
    this.held = this.held.filter((key) => key !== name);
    this.tell();
  }

  private releaseAll(): void {
    if (this.held.length === 0) return;
    this.held = [];
    this.tell();
  }

  private tell(): void {
    this.onAction(actionOf(this.bindings, this.held, this.noop));
  }
}
