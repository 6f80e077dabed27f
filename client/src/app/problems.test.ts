import { describe, expect, it } from "vitest";
import { describeProblem, type ProblemCode, problemOf } from "./problems";

const CODES: ProblemCode[] = [
  "wrong_code",
  "room_full",
  "room_closed",
  "kicked",
  "version_mismatch",
  "rate_limited",
  "server_full",
  "bad_token",
  "request_refused",
  "server_unreachable",
  "no_webrtc",
  "coarse_clock",
  "python_failed",
  "page_incomplete",
  "connection_failed",
  "games_differ",
  "game_failed",
];

describe("every problem", () => {
  it.each(CODES)("%s has a whole sentence and a button", (code) => {
    const words = describeProblem({ code, detail: "" });
    expect(words.sentence).toMatch(/^[A-Z].*\.$/s);
    expect(words.sentence).not.toMatch(/undefined| {2}/);
    expect(words.button.length).toBeGreaterThan(3);
  });

  it("has words of its own", () => {
    const sentences = CODES.map((code) => describeProblem({ code, detail: "" }).sentence);
    expect(new Set(sentences).size).toBe(CODES.length);
  });
});

it("a refusal of the server names the room that was asked for", () => {
  const problem = problemOf({ code: "wrong_code", message: "no room" }, "ABCD");
  expect(describeProblem(problem).sentence).toContain("ABCD");
});

it("a refusal nobody foresaw shows what the server said in small print", () => {
  const problem = problemOf({ code: "bad_request", message: "options.ball_speed: too fast" }, "");
  expect(describeProblem(problem).smallPrint).toBe("options.ball_speed: too fast");
});

it("a browser without WebRTC is led to the computer player, where the game has one", () => {
  const problem = { code: "no_webrtc", detail: "" } as const;
  expect(describeProblem(problem, true).wayOn).toBe("practise");
  expect(describeProblem(problem, true).sentence).toContain("against the computer");
  expect(describeProblem(problem, false).wayOn).toBe("reload");
  expect(describeProblem(problem, false).sentence).not.toContain("computer");
});

it("another version and a missing file are cured by a fresh page", () => {
  const ways = (["version_mismatch", "page_incomplete", "coarse_clock"] as const).map(
    (code) => describeProblem({ code, detail: "" }).wayOn,
  );
  expect(ways).toEqual(["reload", "reload", "reload"]);
});

it("a full room can be watched, if it is known which", () => {
  const full = (detail: string) => describeProblem({ code: "room_full", detail });
  expect([full("ABCD").wayOn, full("ABCD").other?.[1]]).toEqual(["watch", "lobby"]);
  expect([full("").wayOn, full("").other]).toEqual(["lobby", null]);
});
