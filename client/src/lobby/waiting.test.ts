import { describe, expect, it } from "vitest";
import { type AppState, INITIAL_STATE } from "../app/state";
import type { RoomSeat, RoomState } from "../signalling/room";
import { saySeat, sayWatchers } from "./people_view";
import { asksWhoIsReady, mayStart, sayWaiting } from "./waiting_view";

const seat = (index: number, more: Partial<RoomSeat> = {}): RoomSeat => ({
  seat: index,
  sitting: index + 10,
  peer: null,
  connected: true,
  ready: false,
  is_host: index === 0,
  ...more,
});

const room = (seats: RoomSeat[], more: Partial<RoomState> = {}): RoomState => ({
  code: "CDFGHJ",
  state: "open",
  seats_total: 4,
  seats,
  spectators: [],
  you: null,
  sitting: 10,
  seat: 0,
  is_quick: false,
  options: {},
  input_delay: "auto",
  prediction_window: 8,
  absent: "agent",
  grace_s: 60,
  ...more,
});

const waiting = (of: RoomState): AppState => ({ ...INITIAL_STATE, screen: "waiting", room: of });

describe("while others are awaited", () => {
  it("says for whom", () => {
    const say = (of: RoomState): string => sayWaiting(waiting(of));
    expect(say(room([seat(0)]))).toBe("Waiting for 3 more players…");
    expect(say(room([seat(0)], { seats_total: 2 }))).toBe("Waiting for the other player…");
    expect(say(room([seat(0), seat(1), seat(2)]))).toBe("Waiting for one more player…");
    const full = [0, 1, 2, 3].map((index) => seat(index, { ready: index > 1 }));
    expect(say(room(full))).toBe("Waiting until everybody is ready…");
    const others = [0, 1, 2, 3].map((index) => seat(index, { ready: index > 0 }));
    expect(say(room(others))).toBe("The others are ready. Are you?");
    expect(say(room([seat(0)], { seat: null, sitting: 99 }))).toContain("has not begun yet");
  });

  it("asks who is ready only where there are more than two, and never strangers", () => {
    expect(asksWhoIsReady(room([]))).toBe(true);
    expect(asksWhoIsReady(room([], { seats_total: 2 }))).toBe(false);
    expect(asksWhoIsReady(room([], { is_quick: true }))).toBe(false);
  });

  it("lets the host begin as soon as somebody else is ready and there", () => {
    const ready = { ready: true };
    expect(mayStart(room([seat(0, ready), seat(1)]))).toBe(false);
    expect(mayStart(room([seat(0), seat(1, ready)]))).toBe(true);
    expect(mayStart(room([seat(0), seat(1, { ...ready, connected: false })]))).toBe(false);
    expect(mayStart(room([seat(0, ready), seat(1, ready)], { sitting: 11, seat: 1 }))).toBe(false);
  });
});

describe("a seat in the list", () => {
  const say = (of: RoomState, coming: number[] = []): string =>
    saySeat({ ...waiting(of), coming }, of, 1);

  it("says who is there and how it stands with him", () => {
    expect(say(room([seat(0)]))).toBe("Free");
    expect(say(room([seat(0), seat(1)]))).toBe("Not ready yet");
    expect(say(room([seat(0), seat(1, { ready: true })]))).toBe("Ready");
    expect(say(room([seat(0), seat(1, { connected: false })]))).toBe("Away");
    const playing = { state: "playing" } as const;
    expect(say(room([seat(0), seat(1, { peer: 1 })], playing))).toBe("Playing");
    expect(say(room([seat(0), seat(1, { peer: 4 })], playing), [1])).toBe("Coming back…");
    expect(say(room([seat(0)], playing))).toBe("Free; the computer plays");
    expect(say(room([seat(0)], { ...playing, absent: "noop" }))).toBe("Free");
  });
});

it("those who watch are counted", () => {
  const watcher = { sitting: 30, peer: 5, connected: true };
  expect(sayWatchers(room([seat(0)]))).toBe("");
  expect(sayWatchers(room([seat(0)], { spectators: [watcher] }))).toBe("1 watching.");
  expect(sayWatchers(room([], { spectators: [watcher], seat: null }))).toBe("You are watching.");
});
