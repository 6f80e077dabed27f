import { describe, expect, it, vi } from "vitest";
import type { Actions } from "../app/actions";
import type { AppState } from "../app/state";
import { INITIAL_STATE } from "../app/state";
import type { RoomState } from "../signalling/room";
import { pressStart } from "./input_hint";

const room = (change: Partial<RoomState>): RoomState =>
  ({
    seats_total: 3,
    is_quick: false,
    seat: 1,
    sitting: 7,
    seats: [{ sitting: 7, ready: false }],
    ...change,
  }) as RoomState;

function pressed(change: Partial<AppState>) {
  const actions = { rematch: vi.fn(), setReady: vi.fn() };
  const python = { ...INITIAL_STATE.python, isReady: true };
  pressStart({ ...INITIAL_STATE, python, ...change }, actions as unknown as Actions);
  return { rematch: actions.rematch.mock.calls, setReady: actions.setReady.mock.calls };
}

const ENDED = {
  screen: "ended",
  outcome: { title: "", sentence: "", canRematch: true },
} satisfies Partial<AppState>;

describe("Start on a gamepad", () => {
  it("asks for another game, once", () => {
    expect(pressed(ENDED).rematch.length).toBe(1);
    expect(pressed({ ...ENDED, isReady: true }).rematch.length).toBe(0);
    expect(pressed({ ...ENDED, outcome: null }).rematch.length).toBe(0);
  });

  it("says that we are ready, and takes it back", () => {
    const waiting = (change: Partial<RoomState>) =>
      pressed({ screen: "waiting", room: room(change) }).setReady;
    expect(waiting({})).toEqual([[true]]);
    const ready = { sitting: 7, ready: true } as RoomState["seats"][number];
    expect(waiting({ seats: [ready] })).toEqual([[false]]);
  });

  it("says nothing where nobody is asked, or not before Python is there", () => {
    const two = room({ seats_total: 2 });
    expect(pressed({ screen: "waiting", room: two }).setReady).toEqual([]);
    const watching = room({ seat: null });
    expect(pressed({ screen: "waiting", room: watching }).setReady).toEqual([]);
    const python = INITIAL_STATE.python;
    expect(pressed({ screen: "waiting", room: room({}), python }).setReady).toEqual([]);
    expect(pressed({ screen: "playing", room: room({}) }).setReady).toEqual([]);
  });
});
