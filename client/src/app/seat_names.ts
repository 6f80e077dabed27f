/** The line between bar and court that says whose side is whose. */

import { element, setText } from "./dom";
import type { AppState } from "./state";
import type { View } from "./view";

/** Name a seat from this player's point of view. */
export function seatName(state: Readonly<AppState>, seat: number): string {
  if (seat === state.localSeat) return "You";
  if (state.screen === "practice" || state.screen === "waiting") return "Computer";
  return (state.game?.players ?? 2) === 2 ? "Other player" : `Player ${seat + 1}`;
}

/** Names of all seats from left to right as the view shows them. */
export function seatNames(state: Readonly<AppState>): string[] {
  const players = state.game?.players ?? 2;
  const names = Array.from({ length: players }, (_, seat) => seatName(state, seat));
  return state.isMirrored ? names.reverse() : names;
}

export function seatLine(): View {
  const root = element("div", { class: "seats", role: "group", "aria-label": "Seats from left to right" });
  const update = (state: Readonly<AppState>): void => {
    const names = seatNames(state);
    while (root.childElementCount > names.length) root.lastElementChild?.remove();
    names.forEach((name, index) => {
      let seat = root.children[index] as HTMLElement | undefined;
      if (seat === undefined) {
        seat = element("span", { class: "seat" });
        root.append(seat);
      }
      setText(seat, name);
      seat.classList.toggle("is-you", name === "You");
    });
  };
  return { root, update };
}
