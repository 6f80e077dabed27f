import { describe, expect, it, test } from "vitest";
import { hideInCandidate, hideInDescription } from "./hidden_addresses";

// The same cases as in tests/signalling/test_hidden_addresses.py.
const RELAY = "candidate:1 1 udp 41885439 198.51.100.9 50001 typ relay";

describe("a candidate", () => {
  it.each([
    [
      `${RELAY} raddr 203.0.113.5 rport 61234 generation 0 ufrag aB+/ network-cost 999`,
      `${RELAY} raddr 0.0.0.0 rport 0 generation 0 ufrag aB+/`,
    ],
    [RELAY, `${RELAY} raddr 0.0.0.0 rport 0`],
    [`a=${RELAY} x-secret 203.0.113.5`, `${RELAY} raddr 0.0.0.0 rport 0`],
    [
      "candidate:7 1 UDP 99 2001:db8::9 50001 typ relay raddr 2001:db8::5 rport 6",
      "candidate:7 1 UDP 99 2001:db8::9 50001 typ relay raddr :: rport 0",
    ],
  ])("at a relay keeps the address there: %s", (text, expected) => {
    expect(hideInCandidate(text)).toBe(expected);
  });

  it.each([
    "",
    "candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host generation 0",
    "candidate:1 1 udp 2122260223 0e9a-4c-11.local 61234 typ host",
    "candidate:2 1 udp 1686052607 203.0.113.5 61234 typ srflx raddr 192.168.1.5 rport 61234",
    "candidate:4 1 tcp 1518280447 192.168.1.5 9 typ host tcptype active",
    `${RELAY} raddr`,
    `${RELAY}\r\na=candidate:1 1 udp 1 203.0.113.5 9 typ host`,
  ])("of any other kind is dropped: %s", (text) => {
    expect(hideInCandidate(text)).toBeNull();
  });
});

test("a description keeps what connects and no address of its own", () => {
  const sdp = [
    "v=0",
    "o=- 46117 2 IN IP4 203.0.113.5",
    "m=application 61234 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 203.0.113.5",
    "a=candidate:1 1 udp 2122260223 192.168.1.5 61234 typ host",
    `a=${RELAY} raddr 203.0.113.5 rport 61234`,
    "a=ice-pwd:k/+asdf8923+sdfkjsdf",
    "a=remote-candidates:1 203.0.113.5 61234",
    "",
  ].join("\r\n");
  expect(hideInDescription(sdp).split("\r\n")).toEqual([
    "v=0",
    "o=- 46117 2 IN IP4 0.0.0.0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    `a=${RELAY} raddr 0.0.0.0 rport 0`,
    "a=ice-pwd:k/+asdf8923+sdfkjsdf",
    "",
  ]);
});
