/** The line between bar and court that says whose side is whose. */

import { element, setAttribute, setText } from "./dom";
import type { AppState } from "./state";
import type { View } from "./view";

/** Name a seat from this player's point of view. */
export function seatName(state: Readonly<AppState>, seat: number): string {
  if (seat === state.localSeat && !state.isWatching) return "You";
  if (state.screen === "practice" || state.screen === "waiting") return "Computer";
  const isOther = (state.game?.players ?? 2) === 2 && !state.isWatching;
  return isOther ? "Other player" : `Player ${seat + 1}`;
}

/** What there is to say of a seat beside its name; empty for a player who is there. */
export function seatRemark(state: Readonly<AppState>, seat: number): string {
  const { room, match, coming } = state;
  if (room === null || match === null) return "";
  if (coming.includes(seat)) return "coming back";
  const taken = room.seats.find((each) => each.seat === seat);
  if (taken !== undefined && taken.peer !== null) return "";
  if (match.absent === "agent") return "computer";
  return taken === undefined ? "empty" : "away";
}

/** Name the player behind a peer id. */
export function peerName(state: Readonly<AppState>, peer: number): string {
  const seat = state.room?.seats.find((each) => each.peer === peer)?.seat;
  return seat === undefined ? "the other player" : seatName(state, seat);
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
      const remark = seatRemark(state, seat);
      setText(
        label,
        remark === "" ? seatName(state, seat) : `${seatName(state, seat)} (${remark})`,
      );
      setAttribute(label, "data-remark", remark);
      label.style.color = state.seatColours[seat] ?? "";
    });
  };
  return { root, update };
}
