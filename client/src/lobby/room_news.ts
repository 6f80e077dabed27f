/** What has become of the seats of a room that plays, for those who only watch: no session tells them. */

import { seatName } from "../app/seat_names";
import type { AppState } from "../app/state";
import type { RoomState } from "../signalling/room";

/** Say who has left, come or come back since; empty if nobody has. */
export function sayChange(state: Readonly<AppState>, before: RoomState, after: RoomState): string {
  const sentences: string[] = [];
  for (let seat = 0; seat < after.seats_total; seat++) {
    const was = before.seats.find((each) => each.seat === seat && each.peer !== null);
    const is = after.seats.find((each) => each.seat === seat && each.peer !== null);
    const name = seatName(state, seat);
    const rest = after.absent === "agent" ? "the computer plays on" : "the seat is empty now";
    if (was !== undefined && is === undefined) sentences.push(`${name} left; ${rest}.`);
    else if (is !== undefined && was?.peer !== is.peer) {
      sentences.push(`${name} ${was?.sitting === is.sitting ? "is back" : "has joined"}.`);
    }
  }
  return sentences.join(" ");
}
