/** The line between bar and court that says whose side is whose. */

import { element, setAttribute, setText } from "./dom";
import { readableColour } from "./readable_colour";
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

/** With more seats than this there is room for a letter and a number only. */
const MOST_LONG_NAMES = 2;

/** And with more than this for nothing beside it. */
const MOST_REMARKS = 4;

/** A name for the line, where many stand beside each other. */
function shortName(state: Readonly<AppState>, seat: number, count: number): string {
  const name = seatName(state, seat);
  return count <= MOST_LONG_NAMES || name === "You" ? name : `P${seat + 1}`;
}

interface Label {
  root: HTMLElement;
  name: HTMLElement;
  remark: HTMLElement;
}

function seatLabel(): Label {
  const name = element("span", {});
  const remark = element("span", { class: "seat-remark" });
  return { root: element("span", { class: "seat" }, name, remark), name, remark };
}

/** @param views Chooses whose view is shown; stands beside the names. */
export function seatLine(views: View): View {
  const root = element("div", {
    class: "seats",
    role: "group",
    "aria-label": "Seats from left to right",
  });
  root.append(views.root);
  const labels: Label[] = [];
  const update = (state: Readonly<AppState>): void => {
    const seats = seatsInView(state);
    while (labels.length < seats.length) {
      const label = seatLabel();
      labels.push(label);
      root.insertBefore(label.root, views.root);
    }
    setAttribute(root, "data-many", String(seats.length > MOST_LONG_NAMES));
    setAttribute(root, "data-crowded", String(seats.length > MOST_REMARKS));
    seats.forEach((seat, index) => {
      const label = labels[index];
      if (label === undefined) return;
      const remark = seatRemark(state, seat);
      const words = remark === "" ? "" : ` (${remark})`;
      setText(label.name, shortName(state, seat, seats.length));
      setText(label.remark, words);
      setAttribute(label.root, "title", `${seatName(state, seat)}${words}`);
      setAttribute(label.root, "data-remark", remark);
      const colour = state.seatColours[seat];
      label.root.style.color = colour === undefined ? "" : readableColour(colour);
    });
    views.update(state);
  };
  return { root, update };
}
