import { describe, expect, it } from "vitest";
import { codeOfPath, isWatching, joinLink, normaliseCode, placeAddress } from "./join_link";

describe("a room code", () => {
  it.each([
    ["abcdef", "ABCDEF"],
    [" abc def ", "ABCDEF"],
    ["ABC-DEF", "ABCDEF"],
    ["http://192.168.1.20:8000/join/abcdef", "ABCDEF"],
    ["https://example.org/join/ABCDEF?hop#x", "ABCDEF"],
    ["", ""],
  ])("typed as %j is read as %j", (typed, code) => {
    expect(normaliseCode(typed)).toBe(code);
  });

  it("is found in the page's own path, and only there", () => {
    expect(["/join/ABC", "/join/ABC/", "/", "/join/", "/other/ABC"].map(codeOfPath)).toEqual([
      "ABC",
      "ABC",
      null,
      null,
      null,
    ]);
  });

  it("that is not properly encoded is passed on as it is", () => {
    expect(codeOfPath("/join/%E0%A4%A")).toBe("%E0%A4%A");
  });
});

it("a link made from a code leads back to it", () => {
  for (const base of ["http://127.0.0.1:8000", "http://192.168.1.20:8000/"]) {
    const link = joinLink(base, "ABCDEF");
    expect(link).toBe(`${base.replace(/\/$/, "")}/join/ABCDEF`);
    expect(normaliseCode(link)).toBe("ABCDEF");
  }
});

describe("the address of a place", () => {
  it.each([
    ["CDFGHJ", false, "", "/join/CDFGHJ"],
    ["CDFGHJ", true, "", "/join/CDFGHJ?watch"],
    ["CDFGHJ", true, "?hop&watch&checksums=1", "/join/CDFGHJ?hop&checksums=1&watch"],
    ["CDFGHJ", false, "?watch", "/join/CDFGHJ"],
    [null, true, "?hop&watch", "/?hop"],
  ])("of %j, watching %j, after %j is %j", (code, watches, query, address) => {
    expect(placeAddress(code, watches, query)).toBe(address);
  });

  it("says whether one only wants to watch", () => {
    expect([isWatching("?hop&watch"), isWatching("?watcher=1"), isWatching("")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
