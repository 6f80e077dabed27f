/**
 * The gamepads of this machine: looked at once per animation frame, for the browser tells of no change.
 *
 * Nothing is looked at while none is connected. While the window is not in front, gamepads are taken for
 * not there: two pages side by side would both be played otherwise.
 */

/** What is needed of the window; `window` is one. */
export interface GamepadWindow extends EventTarget {
  readonly navigator: { getGamepads?: () => readonly (Gamepad | null)[] };
  readonly document: { hasFocus: () => boolean };
  requestAnimationFrame: (callback: () => void) => number;
}

/** The gamepads that are connected; a page that may not know of them has none. */
export function connectedGamepads({ navigator }: Pick<GamepadWindow, "navigator">): Gamepad[] {
  try {
    const pads = navigator.getGamepads?.() ?? [];
    return [...pads].filter((pad) => pad?.connected === true) as Gamepad[];
  } catch {
    return []; // the permissions policy of a page around this one forbids it
  }
}

/**
 * Tell of all gamepads in every animation frame in which there are any, until the signal is aborted.
 *
 * When the last one goes, or the window leaves the front, `onPads` is told once that there are none.
 */
export function watchGamepads(
  target: GamepadWindow,
  onPads: (pads: readonly Gamepad[]) => void,
  signal: AbortSignal,
): void {
  let isWatching = false;
  let hadAny = false;
  const tell = (pads: readonly Gamepad[]): void => {
    if (pads.length > 0 || hadAny) onPads(pads);
    hadAny = pads.length > 0;
  };
  const look = (): void => {
    const pads = signal.aborted ? [] : connectedGamepads(target);
    isWatching = pads.length > 0;
    if (signal.aborted) return;
    tell(target.document.hasFocus() ? pads : []);
    if (isWatching) target.requestAnimationFrame(look);
  };
  const begin = (): void => {
    if (isWatching) return;
    isWatching = true;
    // Not at once: who begins to listen is not always ready to be told.
    target.requestAnimationFrame(look);
  };
  target.addEventListener("gamepadconnected", begin, { signal });
  target.addEventListener("gamepaddisconnected", begin, { signal });
  target.addEventListener("blur", () => tell([]), { signal });
  begin();
}
