import { describe, expect, it } from "vitest";
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

it("a desync is told with its frame and then with its place", () => {
  const found = effectOf(
    PLAYING,
    {
      name: "DesyncDetected",
      peer: 1,
      frame: 120,
      localChecksum: "1",
      remoteChecksum: "2",
      lastEqualFrame: 60,
    },
    0,
  );
  expect(found.changes.notice).toContain("frame 120");
  const located = effectOf(
    PLAYING,
    { name: "DesyncLocated", peer: 1, frame: 120, difference: ".ball_x: 1 / 2" },
    0,
  );
  expect(located.changes.notice).toContain(".ball_x");
});
