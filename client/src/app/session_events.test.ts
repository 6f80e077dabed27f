import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../shared/messages";
import { sayInterruption } from "./overlays";
import { betweenGames, effectOf, remoteWantsRematch } from "./session_events";
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
    expect(changes.interruption).toEqual({ silentSinceMs: 19_500, endsAtMs: 29_500, peer: 1 });
    const silence = changes.interruption ?? { silentSinceMs: 0, endsAtMs: 0, peer: 0 };
    expect(sayInterruption(PLAYING, silence, 21_700)).toBe(
      "No signal for 2.2 s; the match ends in 8 s.",
    );
    expect(sayInterruption(PLAYING, silence, 40_000)).toContain("ends in 0 s");
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
  it("says why the other side is gone, if it was that", () => {
    const left = effectOf(PLAYING, { name: "PeerLeft", peer: 1, reason: "left" }, 0);
    expect(left.step).not.toBe("match_over");
    const over = effectOf(
      { ...PLAYING, ...left.changes },
      { name: "MatchEnded", reason: "peer left" },
      0,
    );
    expect(over.changes.outcome?.title).toBe("The other side left");
    expect([over.changes.outcome?.canRematch, over.step]).toEqual([false, "match_over"]);
  });

  it("is called a lost connection when nobody said goodbye", () => {
    const lost = effectOf(PLAYING, { name: "PeerLost", peer: 1, claimedBy: 0 }, 0);
    const over = effectOf(
      { ...PLAYING, ...lost.changes },
      { name: "MatchEnded", reason: "peer lost" },
      0,
    );
    expect(over.changes.outcome?.title).toBe("Connection lost");
  });

  it("is not told to those who go on without the one who left", () => {
    const left = effectOf(PLAYING, { name: "PeerLeft", peer: 1, reason: "left" }, 0);
    const cut = effectOf(
      { ...PLAYING, ...left.changes },
      { name: "PlayerCut", player: 1, frame: 9, epoch: 1, peer: 1, heir: 0 },
      0,
    );
    const after = { ...PLAYING, ...left.changes, ...cut.changes };
    expect([after.outcome, after.departure]).toEqual([null, null]);
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
  const SEATS = [0, 1].map((seat) => ({
    seat,
    sitting: seat + 5,
    peer: seat,
    connected: true,
    ready: false,
    is_host: seat === 0,
  }));
  const TWO: AppState = {
    ...PLAYING,
    localSeat: 0,
    room: { code: "CDFGHJ", seats: SEATS } as unknown as AppState["room"],
  };
  const CUT = { name: "PlayerCut", player: 1, frame: 99, epoch: 1, peer: 1 } as const;
  const JOINED = { name: "PlayerJoined", frame: 170, epoch: 2, peer: 3 } as const;
  const told = (event: SessionEvent, state = TWO): string =>
    effectOf(state, event, 0).changes.notice ?? "";

  it("are told with what becomes of the seat", () => {
    expect(told({ ...CUT, heir: -1 })).toBe("Other player left; the seat is empty now.");
    expect(told({ ...CUT, heir: 0 })).toBe("Other player left; the computer plays on.");
    expect(told({ ...JOINED, player: 0 })).toBe("You are in the game.");
    expect(told({ name: "Following", episode: 0, frame: 40, peer: 0 })).toContain("Catching up");
    const again = { name: "Reexecuting", episode: 0, frame: 1500, toFrame: 2000 } as const;
    expect(told(again)).toBe("Catching up with the game: 75 %");
  });

  it("are back if they were here before, and have joined if not", () => {
    expect(told({ ...JOINED, player: 1 })).toBe("Other player has joined.");
    const after = { ...TWO, ...effectOf(TWO, { ...CUT, heir: -1 }, 0).changes };
    expect(told({ ...JOINED, player: 1 }, after)).toBe("Other player is back.");
  });

  it("are shown as coming until they are in the game", () => {
    const coming = { ...TWO, coming: [1] };
    expect(effectOf(coming, { ...JOINED, player: 1 }, 0).changes.coming).toEqual([]);
  });

  it("do not have to be read, unlike what is wrong", () => {
    expect(effectOf(TWO, { ...CUT, heir: -1 }, 0).changes.isNoticeNews).toBe(true);
    const refused = { name: "StateRefused", reason: "no such field" } as SessionEvent;
    expect(effectOf(TWO, refused, 0).changes.isNoticeNews).toBe(false);
  });

  it("who is left behind is told why, and may come back", () => {
    const left = effectOf(TWO, { name: "Excluded", confirmedFrame: 50 }, 0).changes;
    const over = effectOf({ ...TWO, ...left }, { name: "MatchEnded", reason: "excluded" }, 0);
    expect(over.changes.outcome?.title).toBe("The match goes on without you");
    expect(over.changes.outcome?.canRejoin).toBe(true);
  });

  it("who comes between two games waits with the others for the next", () => {
    expect(betweenGames(TWO, "playing")).toEqual({});
    expect(betweenGames({ ...TWO, screen: "ended" }, "ended")).toEqual({});
    expect(betweenGames(TWO, "ended")).toMatchObject({ isReady: true });
  });

  it("who only watches is not asked for a rematch", () => {
    const ended = { name: "EpisodeEnded", episode: 0, frame: 9, checksum: "0" } as const;
    const { outcome } = effectOf({ ...TWO, isWatching: true }, ended, 0).changes;
    expect([outcome?.canRematch, outcome?.title]).toEqual([false, "Game over"]);
  });
});

describe("a silence among many", () => {
  it("names who is silent, and what follows for the game", () => {
    const state = {
      ...PLAYING,
      localSeat: 0,
      game: { players: 4 },
      match: { absent: "agent" },
      room: { seats: [{ seat: 2, peer: 7 }] },
    } as unknown as AppState;
    const silence = { silentSinceMs: 0, endsAtMs: 3000, peer: 7 };
    expect(sayInterruption(state, silence, 1000)).toBe(
      "No signal from Player 3 for 1.0 s; the computer takes over in 2 s.",
    );
  });
});
