import { expect, test } from "vitest";
import { CHANNEL_NAMES, type ChannelName, type FromWorker } from "../shared/messages";
import { Links } from "./links";

const PEER = 1;

/** Links to one peer over the hop, on a clock that the test sets. */
function makeLinks() {
  const clock = { nowMs: 0 };
  const sent: FromWorker[] = [];
  const environment = { now: () => clock.nowMs, setTimer: () => 0, clearTimer: () => undefined };
  const links = new Links(
    environment,
    () => undefined,
    () => undefined,
    (message) => sent.push(message),
    1,
  );
  for (const channel of CHANNEL_NAMES) links.openHop({ type: "hop_open", peer: PEER, channel });
  const countSent = (channel: ChannelName) =>
    sent.filter((each) => each.type === "hop_data" && each.channel === channel).length;
  const hear = () =>
    links.receiveHop({ type: "hop_data", peer: PEER, channel: "input", data: new ArrayBuffer(9) });
  return { clock, links, countSent, hear };
}

test("a silent peer gets few datagrams, but every message", () => {
  const { clock, links, countSent, hear } = makeLinks();
  hear();
  for (clock.nowMs = 0; clock.nowMs < 8000; clock.nowMs += 50) {
    for (const channel of ["input", "control"] as const) {
      links.send(PEER, channel, new Uint8Array(20));
    }
  }
  expect(countSent("control")).toBe(160);
  expect(countSent("input")).toBeGreaterThan(30);
  expect(countSent("input")).toBeLessThan(45);
});

test("a peer that is heard gets every datagram", () => {
  const { clock, links, countSent, hear } = makeLinks();
  for (clock.nowMs = 0; clock.nowMs < 8000; clock.nowMs += 50) {
    if (clock.nowMs % 400 === 0) hear();
    links.send(PEER, "input", new Uint8Array(20));
  }
  expect(countSent("input")).toBe(160);
});
