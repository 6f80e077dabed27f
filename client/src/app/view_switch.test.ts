import { describe, expect, it } from "vitest";
import { type AppState, INITIAL_STATE } from "./state";
import { hasViews, nextView } from "./view_switch";

const WATCHING = {
  ...INITIAL_STATE,
  screen: "playing",
  isWatching: true,
  game: { players: 3, draws_by_player: true },
} as unknown as AppState;

describe("another view", () => {
  it("is there for who watches a game that shows each player something else", () => {
    expect(hasViews(WATCHING)).toBe(true);
    expect(hasViews({ ...WATCHING, isWatching: false })).toBe(false);
    expect(hasViews({ ...WATCHING, screen: "ended" })).toBe(false);
    const alike = { ...WATCHING.game, draws_by_player: false } as AppState["game"];
    expect(hasViews({ ...WATCHING, game: alike })).toBe(false);
  });

  it("is that of the next seat, and after the last that of the first", () => {
    expect([0, 1, 2].map((viewedSeat) => nextView({ ...WATCHING, viewedSeat }))).toEqual([1, 2, 0]);
  });
});
