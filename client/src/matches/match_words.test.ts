import { describe, expect, it } from "vitest";
import { keyOfHash } from "../app/operator_key";
import { fetchMatches, isUnderWay, type Match, MatchListError } from "./match_list";
import {
  sayAgreement,
  sayBytes,
  sayDuration,
  sayPlayers,
  sayRecord,
  sayVerification,
  sayWhen,
} from "./match_words";

describe("a match in words", () => {
  it.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [605, "10 min 05 s"],
  ])("lasted %f s: %s", (seconds, words) => {
    expect(sayDuration(seconds)).toBe(words);
  });

  it("says sizes, times and players", () => {
    expect([sayBytes(999), sayBytes(19_560), sayBytes(4_200_000)]).toEqual([
      "999 B",
      "19.6 KB",
      "4.2 MB",
    ]);
    expect(sayWhen("")).toBe("unknown");
    expect(sayWhen("nonsense")).toBe("unknown");
    const person = { peer: 1, is_agent: false };
    const players = [
      { agent: "a", controllers: [person, { peer: 0, is_agent: true }] },
      { agent: "b", controllers: [{ peer: -1, is_agent: false }] },
    ];
    expect(sayPlayers(players)).toEqual([
      "Player 1: peer 1, then the computer",
      "Player 2: nobody",
    ]);
  });

  it.each([
    [{ state: "equal" }, "good", "Equal", "all 2 records, bit for bit"],
    [
      { state: "differs", from_frame: 120, episode: 0 },
      "bad",
      "Differ",
      "from frame 120 of game 1 on",
    ],
    [
      { state: "differs", from_frame: 7, episode: 1, what: "inputs" },
      "bad",
      "Differ",
      "from frame 7 of game 2 on: inputs",
    ],
    [{ state: "single" }, "warn", "One record", "nothing to compare it with"],
    [{ state: "pending" }, "pending", "Waiting", "not all records are complete"],
  ] as const)("has records that agree: %o", (agreement, look, word, detail) => {
    expect(sayAgreement(agreement, 2)).toEqual({ look, word, detail });
  });

  it.each([
    [{ state: "verified" }, "good", "executed again, all the same"],
    [{ state: "repaired" }, "warn", "a desync; not clean"],
    [{ state: "running", frame: 600 }, "pending", "600 frames"],
    [
      { state: "differs", frame: 60, episode: 0, field: "ball.x" },
      "bad",
      "from frame 60 of game 1 on: ball.x",
    ],
    [{ state: "failed", message: "No such game." }, "bad", "No such game."],
  ] as const)("was executed again: %o", (verification, look, detail) => {
    expect(sayVerification(verification)).toMatchObject({ look, detail });
  });

  it("tells records apart", () => {
    const record = { peer: 1, bytes: 1332, sealed: false, frames: 225 };
    expect(sayRecord(record, 2)).toBe("record of peer 1, 1.3 KB, torn off");
    const verification = { state: "verified" } as const;
    expect(sayRecord({ ...record, sealed: true, verification }, 2)).toBe(
      "record of peer 1, 1.3 KB, verified",
    );
  });

  it("is asked for again while something is under way", () => {
    const match = { agreement: { state: "equal" }, verification: { state: "verified" } } as Match;
    expect(isUnderWay(match)).toBe(false);
    expect(isUnderWay({ ...match, agreement: { state: "pending" } })).toBe(true);
    expect(isUnderWay({ ...match, verification: { state: "running" } })).toBe(true);
  });
});

describe("the list of matches", () => {
  it("is asked for page by page", async () => {
    const asked: string[] = [];
    const page = await fetchMatches(
      async (url) => {
        asked.push(url);
        return Response.json({ matches: [], next: null });
      },
      {},
      "12-ab",
    );
    expect(asked).toEqual(["/api/matches?limit=50&before=12-ab"]);
    expect(page).toEqual({ matches: [], next: null });
  });

  it.each([
    [new Response("{}", { status: 401 }), "key"],
    [Response.json({ code: "bad_token", message: "No." }, { status: 403 }), "key"],
    [
      Response.json({ code: "x", message: "Too often." }, { status: 429 }),
      { message: "Too often." },
    ],
    [new Response("<html>", { status: 502 }), { message: "The server answered with status 502." }],
  ])("says why there is none: %o", async (response, problem) => {
    const asked = fetchMatches(async () => response, {}, null);
    await expect(asked).rejects.toMatchObject({ problem });
    await expect(asked).rejects.toBeInstanceOf(MatchListError);
  });

  it("says when the server is gone", async () => {
    const asked = fetchMatches(() => Promise.reject(new TypeError("gone")), {}, null);
    await expect(asked).rejects.toMatchObject({ problem: "unreachable" });
  });
});

describe("the operator's key", () => {
  it.each([
    ["#key=abc.d-e_f", "abc.d-e_f"],
    ["#key=", null],
    ["#other=1", null],
    ["", null],
  ])("in %s", (hash, key) => {
    expect(keyOfHash(hash)).toBe(key);
  });
});
