import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../shared/messages";
import { sayInterruption } from "./overlays";
import { effectOf, remoteWantsRematch } from "./session_events";
import { type AppState, INITIAL_STATE } from "./state";

const PLAYING: AppState = { ...INITIAL_STATE, screen: "playing" };

describe("a silence of the other side", () => {
  const { changes, step } = effectOf(
    PLAYING,
    { name: "PeerInterrupted", peer: 1, silentMs: 500, dropInMs: 9500 },
    20_000,
  );

  it("is shown with what has passed and what is left", () => {
    expect(step).toBe("interrupted");
    expect(changes.interruption).toEqual({ silentSinceMs: 19_500, endsAtMs: 29_500 });
    const silence = changes.interruption ?? { silentSinceMs: 0, endsAtMs: 0 };
    expect(sayInterruption(silence, 21_700)).toBe("No signal for 2.2 s; the match ends in 8 s.");
    expect(sayInterruption(silence, 40_000)).toContain("ends in 0 s");
  });

  it("is over when it is heard again", () => {
    const resumed = effectOf(
      { ...PLAYING, ...changes },
      { name: "PeerResumed", peer: 1, silentMs: 3000 },
      0,
    );
    expect([resumed.step, resumed.changes.interruption]).toEqual(["resumed", null]);
  });
});

describe("the end of a match", () => {
  it("keeps saying why the other side is gone", () => {
    const left = effectOf(PLAYING, { name: "PeerLeft", peer: 1, reason: "left" }, 0);
    expect(left.changes.outcome?.title).toBe("The other side left");
    const over = effectOf(
      { ...PLAYING, ...left.changes },
      { name: "MatchEnded", reason: "peer left" },
      0,
    );
    expect(over.changes.outcome?.title).toBe("The other side left");
    expect(over.changes.outcome?.canRematch).toBe(false);
  });

  it("is called a lost connection when nobody said goodbye", () => {
    const lost = effectOf(PLAYING, { name: "PeerLost", peer: 1, claimedBy: 0 }, 0);
    expect([lost.changes.outcome?.title, lost.step]).toEqual(["Connection lost", "match_over"]);
  });

  it("after a game that could be repeated says its own reason", () => {
    const ended = effectOf(
      PLAYING,
      { name: "EpisodeEnded", episode: 0, frame: 900, checksum: "0" },
      0,
    );
    const over = effectOf(
      { ...PLAYING, ...ended.changes },
      { name: "MatchEnded", reason: "desync" },
      0,
    );
    expect(over.changes.outcome?.sentence).toContain("desync");
  });
});

describe("a rematch", () => {
  const ended: AppState = { ...PLAYING, screen: "ended", episode: 2 };

  it("is wanted by the other side when it is ready for the next game, and not for the one just played", () => {
    const ready = (episode: number): AppState => ({
      ...ended,
      ...effectOf(ended, { name: "PeerReady", peer: 1, episode }, 0).changes,
    });
    expect([remoteWantsRematch(ready(2)), remoteWantsRematch(ready(3))]).toEqual([false, true]);
  });

  it("clears what was said about the last game", () => {
    const started = effectOf(
      { ...ended, isReady: true },
      { name: "EpisodeStarted", episode: 3, seed: "1" },
      0,
    );
    expect(started.changes).toMatchObject({ episode: 3, isReady: false, outcome: null });
  });
});

it("pages that run different games are told what differs", () => {
  const refused = effectOf(
    PLAYING,
    { name: "PeerRefused", peer: 1, differences: [["game", "a1", "b2"]] },
    0,
  );
  expect(refused.changes.problem).toEqual({
    code: "games_differ",
    detail: "game: a1 here, b2 there",
  });
  expect(refused.step).toBe("failed");
});

describe("those who come and go", () => {
  const TWO: AppState = { ...PLAYING, localSeat: 0 };
  const told = (event: SessionEvent): string => effectOf(TWO, event, 0).changes.notice ?? "";

  it("are told with what becomes of the seat", () => {
    const cut = { name: "PlayerCut", player: 1, frame: 99, epoch: 1, peer: 1 } as const;
    expect(told({ ...cut, heir: -1 })).toBe(
      "Other player left the game: from frame 100 on the seat is empty.",
    );
    expect(told({ ...cut, heir: 0 })).toContain("the computer plays in that seat");
    const joined = { name: "PlayerJoined", frame: 70, epoch: 2, peer: 3 } as const;
    expect(told({ ...joined, player: 1 })).toBe("Other player has joined the game at frame 70.");
    expect(told({ ...joined, player: 0 })).toBe("You have joined the game at frame 70.");
    expect(told({ name: "Following", episode: 0, frame: 40, peer: 0 })).toContain("catching up");
  });

  it("who is left behind is told why, and not that the match has ended", () => {
    const left = effectOf(TWO, { name: "Excluded", confirmedFrame: 50 }, 0).changes;
    const over = effectOf({ ...TWO, ...left }, { name: "MatchEnded", reason: "excluded" }, 0);
    expect(over.changes.outcome?.title).toBe("The match goes on without you");
  });
});
