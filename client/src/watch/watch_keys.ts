/** The keys of the page that watches. */

import type { WatchActions, WatchState } from "./watch_state";

/** How far an arrow goes, in seconds. */
const ARROW_S = 1;
const SHIFTED_ARROW_S = 5;

/** What a key does; null if it is none of ours. */
export function actionOfKey(
  { key, shiftKey }: { key: string; shiftKey: boolean },
  state: Readonly<WatchState>,
  actions: WatchActions,
): (() => void) | null {
  const { replay, wanted } = state;
  if (replay === null) return null;
  const arrow = (shiftKey ? SHIFTED_ARROW_S : ARROW_S) * replay.frameRateHz;
  switch (key) {
    case " ":
    case "k":
      return actions.toggle;
    case "ArrowLeft":
      return () => actions.seek(wanted - arrow);
    case "ArrowRight":
      return () => actions.seek(wanted + arrow);
    case ",":
      return () => actions.step(-1);
    case ".":
      return () => actions.step(1);
    case "Home":
      return () => actions.seek(0);
    case "End":
      return () => actions.seek(replay.positions - 1);
    case "F2":
      return () => actions.setPanelOpen(!state.isPanelOpen);
    default:
      return null;
  }
}

/** Whether an element has a use for a key itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement) return target.type !== "range";
  return target instanceof HTMLButtonElement && key === " ";
}

export function listenForKeys(state: () => Readonly<WatchState>, actions: WatchActions): void {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTaken(event.target, event.key)) return;
    const act = actionOfKey(event, state(), actions);
    if (act === null) return;
    event.preventDefault();
    act();
  });
}
