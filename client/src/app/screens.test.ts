import { describe, expect, it } from "vitest";
import { nextScreen, SCREEN_TABLE, type Screen, type ScreenEvent } from "./screens";

const SCREENS = Object.keys(SCREEN_TABLE) as Screen[];

function walk(...events: ScreenEvent[]): Screen {
  return events.reduce<Screen>(nextScreen, "loading");
}

describe("the way of a player", () => {
  it("leads from the lobby through a match with a silence to a rematch", () => {
    const toMatch: ScreenEvent[] = [
      "described",
      "room_entered",
      "match_announced",
      "episode_started",
    ];
    expect(walk(...toMatch)).toBe("playing");
    expect(walk(...toMatch, "interrupted")).toBe("interrupted");
    expect(walk(...toMatch, "interrupted", "resumed", "episode_ended")).toBe("ended");
    expect(walk(...toMatch, "episode_ended", "episode_started")).toBe("playing");
  });

  it("goes on when the announcement overtakes the answer to joining", () => {
    expect(walk("described", "match_announced", "room_entered")).toBe("connecting");
  });

  it("ends when the other side is gone, wherever the match stands", () => {
    for (const screen of ["connecting", "playing", "interrupted", "ended"] as const) {
      expect(nextScreen(screen, "match_over")).toBe("ended");
    }
  });
});

describe("the table of screens", () => {
  it("has a way back to the lobby from every screen behind it", () => {
    for (const screen of SCREENS.filter((each) => each !== "loading" && each !== "lobby")) {
      expect(nextScreen(screen, "left")).toBe("lobby");
    }
  });

  it("shows a problem from every screen", () => {
    for (const screen of SCREENS) expect(nextScreen(screen, "failed")).toBe("error");
  });

  it("ignores what does not belong to a screen", () => {
    expect(nextScreen("lobby", "episode_ended")).toBe("lobby");
    expect(nextScreen("connecting", "episode_ended")).toBe("connecting");
    expect(nextScreen("practice", "match_announced")).toBe("practice");
  });

  it("leads to every screen", () => {
    const reached = new Set<Screen>([
      "loading",
      ...SCREENS.flatMap((each) => Object.values(SCREEN_TABLE[each])),
    ]);
    expect([...reached].sort()).toEqual([...SCREENS].sort());
  });
});
