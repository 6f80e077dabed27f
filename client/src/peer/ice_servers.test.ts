import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FRESH_MS, IceServers, isExpired, normaliseIceUrl } from "./ice_servers";

const OLD: RTCIceServer[] = [{ urls: "turn:t", username: "1700000000:ann", credential: "x" }];
const NEW: RTCIceServer[] = [{ urls: "turn:t", username: "1700009999:ann", credential: "y" }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("credentials that have just come are used, later new ones are asked for", async () => {
  const ask = vi.fn().mockResolvedValue(NEW);
  const servers = new IceServers(OLD, ask);
  await servers.refresh();
  expect(servers.current).toBe(OLD);
  vi.advanceTimersByTime(FRESH_MS);
  await servers.refresh();
  expect(servers.current).toBe(NEW);
  await servers.refresh();
  expect(ask).toHaveBeenCalledTimes(1);
});

test("several connections at once ask once", async () => {
  const ask = vi.fn().mockResolvedValue(NEW);
  const servers = new IceServers(OLD, ask);
  vi.advanceTimersByTime(FRESH_MS);
  await Promise.all([servers.refresh(), servers.refresh(), servers.refresh()]);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(servers.current).toBe(NEW);
});

test("where the server does not answer the old ones are tried, and it is asked again", async () => {
  const ask = vi.fn().mockResolvedValueOnce(null).mockResolvedValueOnce(NEW);
  const servers = new IceServers(OLD, ask);
  vi.advanceTimersByTime(FRESH_MS);
  await servers.refresh();
  expect(servers.current).toBe(OLD);
  await servers.refresh();
  expect(servers.current).toBe(NEW);
});

test("servers without credentials, or with fixed ones, are not asked for again", async () => {
  const fixed: RTCIceServer[] = [
    { urls: "stun:s" },
    { urls: "turn:t", username: "ann", credential: "x" },
  ];
  const ask = vi.fn();
  const servers = new IceServers(fixed, ask);
  vi.advanceTimersByTime(FRESH_MS);
  await servers.refresh();
  expect(ask).not.toHaveBeenCalled();
});

test("credentials say themselves when they expire", () => {
  expect(isExpired("turn:t", OLD, 1_700_000_001)).toBe(true);
  expect(isExpired("turn:t", OLD, 1_699_999_999)).toBe(false);
  expect(isExpired("turn:other", OLD, 1_800_000_000)).toBe(false);
});

test.each([
  ["turn:t.example", "turn:t.example:3478?transport=udp"],
  ["turns:t.example", "turns:t.example:5349?transport=tcp"],
  ["turn:[2001:db8::1]:443?transport=tcp", "turn:[2001:db8::1]:443?transport=tcp"],
  ["STUN:s.example:1", "stun:s.example:1"],
  ["what is this", "what is this"],
])("%s is written out as %s", (url, expected) => {
  expect(normaliseIceUrl(url)).toBe(expected);
});

test("an address written out is known by its short form", () => {
  expect(isExpired("turn:t:3478?transport=udp", OLD, 1_700_000_001)).toBe(true);
});
