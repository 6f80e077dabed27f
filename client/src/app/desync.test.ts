import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../shared/messages";
import { type Desync, desyncOf, dumpFileName, sayDifference, sayUnclean } from "./desync";
import { sayNotice } from "./notice";
import { effectOf } from "./session_events";
import { type AppState, INITIAL_STATE } from "./state";

const PLAYING: AppState = { ...INITIAL_STATE, screen: "playing" };

const FOUND: SessionEvent = {
  name: "DesyncDetected",
  peer: 1,
  frame: 120,
  localChecksum: "1",
  remoteChecksum: "2",
  lastEqualFrame: 60,
  isRepairable: true,
};
const LOCATED: SessionEvent = {
  name: "DesyncLocated",
  peer: 1,
  frame: 120,
  difference: ".ball_x: 1 != 2",
};
const REPAIRED: SessionEvent = {
  name: "MatchRepaired",
  episode: 0,
  frame: 131,
  peer: 0,
  wasReplaced: true,
};
const ENDED: SessionEvent = { name: "EpisodeEnded", episode: 0, frame: 900, checksum: "0" };

/** The state after these events. */
function stateAfter(...events: SessionEvent[]): AppState {
  let state = PLAYING;
  for (const event of events) state = { ...state, ...effectOf(state, event, 0).changes };
  return state;
}

const newest = ({ desyncs }: AppState): Desync | null => desyncOf(desyncs, 0);

describe("a desync", () => {
  it("is told with its frame, and with what differs once that is known", () => {
    expect(sayNotice(stateAfter(FOUND))).toContain("no longer agree: Since frame 120");
    const [found, located] = [stateAfter(FOUND), stateAfter(FOUND, LOCATED)].map(newest);
    expect(found && sayDifference(found)).toBe("");
    expect(located && sayDifference(located)).toContain(".ball_x: 1 != 2");
  });

  it("is told to be repaired, from where on, and whose game counts", () => {
    const words = sayNotice(stateAfter(FOUND, LOCATED, REPAIRED));
    expect(words).toContain("Repaired from frame 131:");
    expect(words).toContain("the other player's");
    expect(words).toContain("not clean");
    expect(sayNotice(stateAfter(FOUND, { ...REPAIRED, wasReplaced: false }))).toContain(
      "with your game",
    );
  });

  it("that cannot be repaired is told so at once, or when no repair can come any more", () => {
    const beyond = sayNotice(stateAfter({ ...FOUND, isRepairable: false }));
    expect(beyond).toContain("cannot be repaired");
    expect(beyond).toContain("not clean");
    for (const over of [ENDED, { name: "MatchEnded", reason: "left" } as const]) {
      const ended = newest(stateAfter(FOUND, over));
      expect(ended && sayUnclean(ended)).toContain("not clean");
      expect(ended?.repair).toBe("impossible");
    }
    const refused = stateAfter(FOUND, { name: "StateRefused", peer: 0, reason: "no such field" });
    expect(newest(refused)?.repair).toBe("impossible");
    expect(sayNotice(refused)).toContain("cannot be taken over here: no such field");
    const failed = { name: "RepairFailed", episode: 0, peer: 1, reason: "5 MB" } as const;
    expect(sayNotice(stateAfter(FOUND, failed))).toContain("cannot be repaired");
  });

  it("keeps its episode from ever being clean, and no other", () => {
    const ended = stateAfter(FOUND, REPAIRED, ENDED);
    const unclean = desyncOf(ended.desyncs, 0);
    expect(unclean && sayUnclean(unclean)).toContain("repaired from frame 131");
    const rematch = {
      ...ended,
      ...effectOf(ended, { name: "EpisodeStarted", episode: 1, seed: "1" }, 0).changes,
    };
    expect(desyncOf(rematch.desyncs, 1)).toBeNull();
    expect(desyncOf(rematch.desyncs, 0)?.repair).toBe("made");
    expect(sayNotice(rematch)).toBe("");
  });

  it("that comes back is another one, and is shown though the first was closed", () => {
    const closed = { ...stateAfter(FOUND, REPAIRED), isNoticeOpen: false };
    expect(sayNotice(closed)).toBe("");
    const again = { ...closed, ...effectOf(closed, { ...FOUND, frame: 240 }, 0).changes };
    expect(again.desyncs.map(({ frame, repair }) => [frame, repair])).toEqual([
      [120, "made"],
      [240, "coming"],
    ]);
    expect(sayNotice(again)).toContain("frame 240");
  });

  it("is not remembered without bound", () => {
    const many = Array.from({ length: 500 }, (_, frame) => ({ ...FOUND, frame }));
    const { desyncs } = stateAfter(...many);
    expect(desyncs.length).toBeLessThanOrEqual(100);
    expect(desyncs.at(-1)?.frame).toBe(499);
  });
});

it("each player's file has a name of its own", () => {
  const [desync = null] = stateAfter(FOUND).desyncs;
  expect(dumpFileName("K7QX2P", desync, 1)).toBe("peergym-desync-K7QX2P-120-player2.desync");
  expect(dumpFileName(null, null, 0)).toBe("peergym-desync-player1.desync");
});
