import { describe, expect, it } from "vitest";
import type { ReplayDescription, ReplaySample } from "../shared/replay_messages";
import { recordOfPath } from "./load_record";
import { playedWith } from "./record_header";
import { thinned } from "./seek_bar";
import {
  nextPlace,
  notesOf,
  placesOf,
  playerName,
  sayController,
  sayFrame,
  sayTime,
  seatsAt,
} from "./timeline";

const SAMPLE: ReplaySample = {
  position: 60,
  rollbacks: 3,
  rollbackFrames: 7,
  stalls: 0,
  rttsMs: { "1": 40 },
};

const REPLAY: ReplayDescription = {
  matchId: "m",
  peer: 0,
  player: 0,
  started: "2030-01-01T10:00:00+00:00",
  name: "Pong",
  agents: ["player_0", "keeper"],
  screen: [800, 600],
  frameRateHz: 60,
  frames: 600,
  durationMs: 10_000,
  reason: "we left",
  bytes: 1000,
  soundBytes: 1000,
  hints: [],
  positions: 602,
  episodes: [
    { number: 0, start: 0, last: 300, firstFrame: 0, hasEnd: true },
    { number: 1, start: 301, last: 601, firstFrame: 0, hasEnd: false },
  ],
  marks: [
    { kind: "episode", position: 0, number: 0 },
    { kind: "desync", position: 120, peer: 1 },
    { kind: "repair", position: 180, peer: 1 },
    { kind: "episode", position: 301, number: 1 },
    { kind: "cut", position: 400, player: 1 },
    { kind: "join", position: 500, player: 1 },
  ],
  seats: [
    { player: 0, position: 0, peer: 0, isAgent: false },
    { player: 1, position: 0, peer: 1, isAgent: false },
    { player: 1, position: 400, peer: 0, isAgent: true },
    { player: 1, position: 500, peer: 2, isAgent: false },
  ],
  samples: [SAMPLE],
};

describe("the time line of a replay", () => {
  it.each([
    [0, "0:00.0"],
    [9.96, "0:09.9"],
    [61.25, "1:01.2"],
    [3600, "60:00.0"],
  ])("says %f s as %s", (seconds, text) => {
    expect(sayTime(seconds)).toBe(text);
  });

  it("names seats, games and frames", () => {
    expect(playerName(REPLAY, 0)).toBe("Player 1");
    expect(playerName(REPLAY, 1)).toBe("Player 2 (keeper)");
    expect(sayFrame(REPLAY, 1, 12)).toBe("Game 2, frame 12");
    expect(sayFrame({ ...REPLAY, episodes: REPLAY.episodes.slice(0, 1) }, 0, 12)).toBe("Frame 12");
  });

  it.each([
    [0, ["peer 0", "peer 1"]],
    [399, ["peer 0", "peer 1"]],
    [400, ["peer 0", "computer, at peer 0"]],
    [601, ["peer 0", "peer 2"]],
  ])("knows at position %i who runs which seat", (position, words) => {
    expect(seatsAt(REPLAY, position).map(sayController)).toEqual(words);
  });

  it("says what happened, in order, and what was found while watching", () => {
    const places = placesOf(REPLAY, [150]);
    expect(places.map(({ position, look }) => [position, look])).toEqual([
      [0, "game"],
      [120, "bad"],
      [150, "bad"],
      [180, "good"],
      [301, "game"],
      [400, "change"],
      [500, "change"],
    ]);
    expect(places[5]?.text).toBe("The computer plays for Player 2 (keeper)");
    expect(nextPlace(places, 150, 1)?.position).toBe(180);
    expect(nextPlace(places, 0, -1)).toBeNull();
  });

  it("draws no marks on top of one another", () => {
    const many = Array.from({ length: 500 }, (_, position) => ({
      position,
      look: "change" as const,
      text: "",
    }));
    expect(thinned(many, 5000).length).toBeLessThan(30);
    expect(thinned(placesOf(REPLAY, []), REPLAY.positions)).toHaveLength(6);
  });

  it("says before anything else what is not as it was", () => {
    expect(notesOf(REPLAY, [])).toEqual([]);
    const torn = { ...REPLAY, reason: null, soundBytes: 990, hints: ["Recorded by another."] };
    const [first, second, third] = notesOf(torn, [300, 120]);
    expect(first).toContain("From 0:02.0 on");
    expect(second).toContain("10 bytes at its end are incomplete");
    expect(third).toBe("Recorded by another.");
  });
});

describe("what a record was played with", () => {
  const digest = "0123456789abcdef0123456789abcdef";

  /** The beginning of a record with this header. */
  function file(header: unknown, magic = "PGRP"): ArrayBuffer {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const length = [(text.length & 0x7f) | 0x80, text.length >> 7];
    const head = [...magic].map((letter) => letter.charCodeAt(0));
    return new Uint8Array([...head, 1, 1, ...length, ...text, 0, 0]).buffer;
  }

  it("stands in its header", () => {
    const game = { spec: "pong", options: {}, digest };
    const padding = "x".repeat(200);
    expect(playedWith(file({ match_id: padding, game }))).toEqual({ digest, spec: "pong" });
  });

  it.each([
    ["another file", file({ game: { spec: "pong", digest } }, "GIF8")],
    ["a native record", file({ padding: "x".repeat(200), game: { spec: "pong", digest: "" } })],
    [
      "a path trick",
      file({ padding: "x".repeat(200), game: { spec: "pong", digest: "../secret" } }),
    ],
    ["no header", new Uint8Array([80, 71, 82, 80, 1, 3, 1, 1]).buffer],
    [
      "half a header",
      file({ padding: "x".repeat(200), game: { spec: "pong", digest } }).slice(0, 60),
    ],
    ["nothing", new ArrayBuffer(0)],
  ])("is not known of %s", (_, bytes) => {
    expect(playedWith(bytes)).toBeNull();
  });
});

describe("the address of a record", () => {
  it.each([
    ["/watch/abc/1", { matchId: "abc", peer: "1" }],
    ["/watch/local/0/", { matchId: "local", peer: "0" }],
    ["/watch/a%2Fb/1", { matchId: "a/b", peer: "1" }],
    ["/watch", null],
    ["/watch/abc", null],
  ])("%s", (path, record) => {
    expect(recordOfPath(path)).toEqual(record);
  });
});
