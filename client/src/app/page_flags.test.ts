import { expect, it } from "vitest";
import { readPageFlags } from "./page_flags";

it("a plain address switches nothing on", () => {
  expect(readPageFlags("")).toEqual({
    forceRollbackFrames: 0,
    usesHop: false,
    skipsSnapshot: false,
    checksumIntervalFrames: null,
    records: false,
    plantedDesyncFrame: 0,
    inputChannel: "datagram",
  });
});

it("switches are read from the address", () => {
  expect(
    readPageFlags(
      "?force-rollback=8&hop&no-snapshot&checksums=1&record&plant-desync=240&input-channel=ordered",
    ),
  ).toEqual({
    forceRollbackFrames: 8,
    usesHop: true,
    skipsSnapshot: true,
    checksumIntervalFrames: 1,
    records: true,
    plantedDesyncFrame: 240,
    inputChannel: "ordered",
  });
});

it.each(["?force-rollback=-1", "?force-rollback=1e9", "?force-rollback=x", "?force-rollback="])(
  "nonsense such as %s is taken for nothing",
  (query) => {
    expect(readPageFlags(query).forceRollbackFrames).toBe(0);
  },
);

it.each(["?input-channel", "?input-channel=reliable", "?input-channel=datagram"])(
  "inputs go as datagrams with %s",
  (query) => {
    expect(readPageFlags(query).inputChannel).toBe("datagram");
  },
);
