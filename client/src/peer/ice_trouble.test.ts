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
  troubles.noteHelp("relay", "turn:turn.example.org?transport=udp");
  expect(troubles.sentences()).toEqual([]);
});

test("a TURN server that sees us, but gives no path, does not help", () => {
  const troubles = new IceTroubles();
  troubles.note({ url: UDP, errorCode: 486, errorText: "" }, SERVERS, BEFORE_S);
  troubles.noteHelp("srflx", UDP);
  expect(troubles.sentences()).toHaveLength(1);
});

test("what a TURN server says when it is asked as if it were a STUN server is left out", () => {
  const troubles = new IceTroubles();
  const error = { url: "stun:turn.example.org:3478", errorCode: 701, errorText: "" };
  expect(troubles.note(error, SERVERS, BEFORE_S)).toBe(false);
  expect(troubles.sentences()).toEqual([]);
});

test("TURN servers that have said nothing are told, each once, until they do", () => {
  const troubles = new IceTroubles();
  troubles.note({ url: TCP, errorCode: 401, errorText: "" }, SERVERS, BEFORE_S);
  expect(troubles.noteSilence(SERVERS, BEFORE_S)).toBe(true);
  expect(troubles.noteSilence(SERVERS, BEFORE_S)).toBe(false);
  expect(troubles.sentences()).toHaveLength(2);
  expect(troubles.sentences()[1]).toContain("does not answer;");
  troubles.noteHelp("relay", UDP);
  expect(troubles.sentences()).toHaveLength(1);
});

test("a browser that does not say where an address is from accuses nobody of silence", () => {
  const troubles = new IceTroubles();
  troubles.noteHelp("relay", null);
  expect(troubles.noteSilence(SERVERS, BEFORE_S)).toBe(false);
});
