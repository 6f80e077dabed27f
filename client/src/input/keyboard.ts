/**
 * The keyboard of one local seat, and what stands for it: which action the held keys mean.
 *
 * The game looks at what is held once per frame. A key that is let go before any frame was made with it stays
 * held until one was: at ten frames a second most taps would be lost otherwise, and some on a busy machine.
 */

import { actionOf, isBound, type KeyBinding, keyName } from "./key_map";

/** From the page to the worker, in ms: a frame that is due sooner may not know of a key yet. */
const HANDOVER_MS = 4;
/** So long after the last frame, in frames and at least in ms, the game stands still, and sees no tap. */
const STILL_AFTER_FRAMES = 3;
const STILL_AFTER_MS = 250;

interface HeldKey {
  readonly name: string;
  readonly sinceMs: number;
  /** A frame was made with it. */
  isSeen: boolean;
  /** It was let go, and waits to be seen. */
  isLeaving: boolean;
}

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
  /** The newest last. */
  private held: HeldKey[] = [];
  private latestFrameMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly bindings: readonly KeyBinding[],
    private readonly noop: number,
    private readonly frameRateHz: number,
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
  hold(name: string, nowMs = performance.now()): void {
    const known = this.held.find((key) => key.name === name);
    if (known !== undefined) {
      known.isLeaving = false;
      return;
    }
    this.held.push({ name, sinceMs: nowMs, isSeen: false, isLeaving: false });
    this.tell();
  }

  /** A key is held no longer. */
  letGo(name: string, nowMs = performance.now()): void {
    const key = this.held.find((each) => each.name === name);
    if (key === undefined) return;
    key.isLeaving = true;
    if (key.isSeen || this.isStill(nowMs) || !this.matters(key)) this.remove(key);
  }

  /** The action that the keys mean which are held. */
  current(): number {
    return this.action(this.held);
  }

  /** A frame was made that had been due at `dueMs` on the page's clock. */
  noteFrame(dueMs: number, nowMs = performance.now()): void {
    this.latestFrameMs = nowMs;
    for (const key of [...this.held]) {
      key.isSeen ||= key.sinceMs + HANDOVER_MS <= dueMs;
      if (key.isSeen && key.isLeaving) this.remove(key);
    }
  }

  private isStill(nowMs: number): boolean {
    const afterMs = Math.max(STILL_AFTER_MS, (STILL_AFTER_FRAMES * 1000) / this.frameRateHz);
    return nowMs - this.latestFrameMs > afterMs;
  }

  /** Whether a key changes anything beside the others. */
  private matters(key: HeldKey): boolean {
    return this.action(this.held) !== this.action(this.held.filter((each) => each !== key));
  }

  private action(keys: readonly HeldKey[]): number {
    const names = keys.map(({ name }) => name);
    return actionOf(this.bindings, names, this.noop);
  }

  private remove(key: HeldKey): void {
    this.held = this.held.filter((each) => each !== key);
    this.tell();
  }

  private releaseAll(): void {
    if (this.held.length === 0) return;
    this.held = [];
    this.tell();
  }

  private tell(): void {
    // What a newer key hides will not be seen any more, and must not come back when that one goes.
    this.held = this.held.filter((key) => !key.isLeaving || this.matters(key));
    this.onAction(this.current());
  }
}
