import { expect, it } from "vitest";
import { type AppState, INITIAL_STATE } from "../app/state";
import type { RoomState } from "../signalling/room";
import { sayChange } from "./room_news";

const WATCHING = { ...INITIAL_STATE, screen: "playing", isWatching: true } as AppState;

const room = (seats: [seat: number, sitting: number, peer: number | null][]): RoomState =>
  ({
    seats_total: 3,
    absent: "agent",
    seats: seats.map(([seat, sitting, peer]) => ({ seat, sitting, peer, connected: true })),
  }) as unknown as RoomState;

it("whoever watches is told who left, came and came back", () => {
  const two = room([
    [0, 5, 0],
    [1, 6, 1],
  ]);
  const say = (after: RoomState): string => sayChange(WATCHING, two, after);
  expect(say(two)).toBe("");
  expect(say(room([[0, 5, 0]]))).toBe("Player 2 left; the computer plays on.");
  const more: [number, number, number][] = [
    [0, 5, 0],
    [1, 6, 1],
    [2, 7, 4],
  ];
  expect(say(room(more))).toBe("Player 3 has joined.");
  const back: [number, number, number][] = [
    [0, 5, 0],
    [1, 6, 8],
  ];
  expect(say(room(back))).toBe("Player 2 is back.");
});
