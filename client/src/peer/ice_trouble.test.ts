import { describe, expect, it, test } from "vitest";
import { IceTroubles } from "./ice_trouble";

const UDP = "turn:turn.example.org:3478?transport=udp";
const TCP = "turn:turn.example.org:3478?transport=tcp";
const STUN = "stun:stun.example.org:3478";
const SERVERS: RTCIceServer[] = [
  { urls: [UDP, TCP], username: "1700000000:abc", credential: "x" },
  { urls: [STUN] },
];
const BEFORE_S = 1_600_000_000;
const AFTER_S = 1_800_000_000;

function sentenceFor(errorCode: number, url = UDP, nowS = BEFORE_S, errorText = ""): string {
  const troubles = new IceTroubles();
  troubles.note({ url, errorCode, errorText }, SERVERS, nowS);
  return troubles.sentences()[0] ?? "";
}

describe("every error", () => {
  it.each([401, 403, 437, 438, 441, 442, 486, 500, 508, 701])("%i is a sentence", (code) => {
    const sentence = sentenceFor(code);
    expect(sentence).toMatch(/^The TURN server turn\.example\.org:3478 .*\.$/);
    expect(sentence).not.toMatch(/undefined|transport=| {2}/);
  });
});

test("refused credentials are told apart from expired ones", () => {
  expect(sentenceFor(401)).toContain("share one secret");
  expect(sentenceFor(401, UDP, AFTER_S)).toContain("expired");
});

test("a server that does not answer is told with the way that was tried", () => {
  expect(sentenceFor(701)).toContain("does not answer;");
  expect(sentenceFor(701, TCP)).toContain("does not answer over TCP;");
  expect(sentenceFor(701, STUN)).toMatch(/^The STUN server stun\.example\.org:3478 /);
});

test("an error that is not known is told in the server's words", () => {
  expect(sentenceFor(500, UDP, BEFORE_S, "Oops")).toContain("says Oops (500)");
});

test("the same error is noted once, and the worst is told first", () => {
  const troubles = new IceTroubles();
  const error = { errorText: "", url: UDP };
  expect(troubles.note({ ...error, errorCode: 701 }, SERVERS, BEFORE_S)).toBe(true);
  expect(troubles.note({ ...error, errorCode: 701 }, SERVERS, BEFORE_S)).toBe(false);
  expect(troubles.note({ ...error, errorCode: 401 }, SERVERS, BEFORE_S)).toBe(true);
  expect(troubles.sentences().map((each) => /\((\d+)\)/.exec(each)?.[1] ?? "701")).toEqual([
    "401",
    "701",
  ]);
});

test("a server that gave an address in another way is no trouble", () => {
  const troubles = new IceTroubles();
  troubles.note({ url: UDP, errorCode: 701, errorText: "" }, SERVERS, BEFORE_S);
  troubles.noteHelp(UDP);
  expect(troubles.sentences()).toEqual([]);
});
