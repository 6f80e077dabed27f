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

/** All seats from left to right as the view shows them. */
export function seatsInView(state: Readonly<AppState>): number[] {
  const seats = Array.from({ length: state.game?.players ?? 2 }, (_, seat) => seat);
  return state.isMirrored ? seats.reverse() : seats;
}

export function seatLine(): View {
  const root = element("div", {
    class: "seats",
    role: "group",
    "aria-label": "Seats from left to right",
  });
  const update = (state: Readonly<AppState>): void => {
    const seats = seatsInView(state);
    while (root.childElementCount < seats.length) root.append(element("span", { class: "seat" }));
    seats.forEach((seat, index) => {
      const label = root.children[index] as HTMLElement;
      setText(label, seatName(state, seat));
      label.style.color = state.seatColours[seat] ?? "";
    });
  };
  return { root, update };
}
