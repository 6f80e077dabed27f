/** For whoever watches: over whose shoulder the court is seen, and a button for the next one. */

import type { Actions } from "./actions";
import { button, setAttribute, setHidden, setText } from "./dom";
import { readableColour } from "./readable_colour";
import type { Screen } from "./screens";
import type { AppState } from "./state";
import type { View } from "./view";

const VIEW_KEY = "v";
/** Elsewhere there is no picture that would change. */
const SCREENS: ReadonlySet<Screen> = new Set(["playing", "interrupted"]);

/** Whether there is a choice. */
export function hasViews(state: Readonly<AppState>): boolean {
  return state.isWatching && state.game?.draws_by_player === true && SCREENS.has(state.screen);
}

/** The seat whose view comes after the one that is shown. */
export function nextView(state: Readonly<AppState>): number {
  return (state.viewedSeat + 1) % (state.game?.players ?? 1);
}

export function viewSwitch(actions: Actions): View {
  let shown: Readonly<AppState> | null = null;
  const show = (): void => {
    if (shown !== null) actions.showSeat(nextView(shown));
  };
  const root = button("", show, { class: "quiet small view-switch" });
  const update = (state: Readonly<AppState>): void => {
    shown = state;
    setHidden(root, !hasViews(state));
    const name = `Player ${state.viewedSeat + 1}`;
    setText(root, `View: ${name}`);
    setAttribute(root, "title", `The court as ${name.toLowerCase()} sees it; V shows the next`);
    const colour = state.seatColours[state.viewedSeat];
    root.style.color = colour === undefined ? "" : readableColour(colour);
  };
  return { root, update };
}

/** Let a key do what the button does. */
export function listenForViewKey(state: () => Readonly<AppState>, actions: Actions): void {
  window.addEventListener("keydown", (event) => {
    const { key, ctrlKey, altKey, metaKey, target } = event;
    if (key.toLowerCase() !== VIEW_KEY || ctrlKey || altKey || metaKey || !hasViews(state()))
      return;
    if (target instanceof HTMLInputElement && target.type !== "range") return;
    event.preventDefault();
    actions.showSeat(nextView(state()));
  });
}
