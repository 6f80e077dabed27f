import { describe, expect, it } from "vitest";
import { peerName, seatName, seatRemark } from "./seat_names";
import { type AppState, INITIAL_STATE } from "./state";

const MATCH = {
  ...INITIAL_STATE,
  screen: "playing",
  localSeat: 1,
  game: { players: 3 },
  match: { absent: "agent" },
  room: {
    seats: [
      { seat: 0, peer: 0 },
      { seat: 1, peer: 4 },
    ],
  },
} as unknown as AppState;

describe("a seat", () => {
  it("is named from where we sit, and from nowhere when we only watch", () => {
    expect([0, 1].map((seat) => seatName(MATCH, seat))).toEqual(["Player 1", "You"]);
    expect(seatName({ ...MATCH, isWatching: true }, 1)).toBe("Player 2");
  });

  it("says who plays in it when nobody sits there", () => {
    expect([0, 1, 2].map((seat) => seatRemark(MATCH, seat))).toEqual(["", "", "computer"]);
    const empty = { ...MATCH, match: { absent: "noop" } } as unknown as AppState;
    expect(seatRemark(empty, 2)).toBe("empty");
    expect(seatRemark({ ...MATCH, coming: [2] }, 2)).toBe("coming back");
  });

  it("is found by the peer that sits there", () => {
    expect([peerName(MATCH, 0), peerName(MATCH, 4), peerName(MATCH, 9)]).toEqual([
      "Player 1",
      "You",
      "the other player",
    ]);
  });
});
