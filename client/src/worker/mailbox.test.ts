import type { PyProxy } from "pyodide/ffi";
import { describe, expect, test } from "vitest";
import { readChecksums, readStatistics, worstPeer } from "./figures";
import { In, Mailbox, Out, type OutRecord } from "./mailbox";

/** Memory like that of Python: it can grow, which detaches every view on it. */
class FakeMemory {
  buffer: ArrayBuffer;
  released = 0;

  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(bytes);
  }

  grow(): void {
    this.buffer = structuredClone(this.buffer, { transfer: [this.buffer] });
  }

  proxy(offset: number, length: number) {
    return {
      getBuffer: () => ({
        data: new Uint8Array(this.buffer, offset, length),
        offset: 0,
        nbytes: length,
        release: () => {
          this.released += 1;
        },
      }),
      destroy: () => undefined,
    };
  }
}

const INBOX_BYTES = 300;
const OUTBOX_BYTES = 400;

/** A host like the one in Python; `answer` fills the outbox and says how far. */
function makeHost(answer: (outbox: DataView) => number = () => 16) {
  const memory = new FakeMemory(1024);
  const seen: Uint8Array[] = [];
  const tick = Object.assign(
    (_nowMs: number, used: number) => {
      seen.push(new Uint8Array(memory.buffer, 0, used).slice());
      return answer(new DataView(memory.buffer, 512, OUTBOX_BYTES));
    },
    { destroy: () => undefined },
  );
  const host = {
    inbox: memory.proxy(0, INBOX_BYTES),
    outbox: memory.proxy(512, OUTBOX_BYTES),
    tick,
    destroy: () => undefined,
  };
  return { memory, seen, mailbox: new Mailbox(host as unknown as PyProxy) };
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

const ignore = () => undefined;

describe("the inbox", () => {
  test("holds records as Python reads them", () => {
    const { seen, mailbox } = makeHost();
    mailbox.put(In.LEAVE, 3, bytes(104, 105));
    mailbox.put(In.DATAGRAM, 1, bytes(9), 2.5);
    mailbox.tick(0, ignore);
    const stamp = [...new Uint8Array(new Float64Array([2.5]).buffer)];
    expect([...(seen[0] ?? [])]).toEqual([
      ...[5, 3, 2, 0, 0, 0, 104, 105],
      ...[1, 1, 9, 0, 0, 0, ...stamp, 9],
    ]);
  });

  test("is empty again after a tick", () => {
    const { seen, mailbox } = makeHost();
    mailbox.putAction(0, 2);
    mailbox.tick(0, ignore);
    mailbox.tick(1, ignore);
    expect(seen.map(({ length }) => length)).toEqual([10, 0]);
  });

  test("lets what does not fit wait, in order, and asks to be called again", () => {
    const { seen, mailbox } = makeHost();
    for (let number = 0; number < 10; number += 1) {
      mailbox.put(In.MESSAGE, number, new Uint8Array(80).fill(number), 1);
    }
    const order: number[] = [];
    let calls = 0;
    let more = true;
    while (more) {
      more = mailbox.tick(0, ignore).more;
      calls += 1;
      const inbox = seen.at(-1) ?? bytes();
      for (let at = 0; at < inbox.length; at += 6 + 88) order.push(inbox[at + 1] ?? -1);
    }
    expect(calls).toBeGreaterThan(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("gives up what could never fit, without getting stuck", () => {
    const { seen, mailbox } = makeHost();
    mailbox.put(In.MESSAGE, 1, new Uint8Array(100_000), 1);
    mailbox.put(In.READY, 0, bytes());
    expect(mailbox.dropped).toBe(1);
    expect(mailbox.tick(0, ignore).more).toBe(false);
    expect(seen[0]?.length).toBe(6);
  });

  test("does not grow without bound while Python is not called", () => {
    const { mailbox } = makeHost();
    for (let number = 0; number < 10_000; number += 1) {
      expect(mailbox.put(In.DATAGRAM, 0, bytes(1, 2, 3), 1)).toBe(true);
    }
    expect(mailbox.dropped).toBeGreaterThan(5000);
  });

  test("keeps no datagram waiting that is longer than any of ours", () => {
    const { seen, mailbox } = makeHost();
    mailbox.put(In.MESSAGE, 0, new Uint8Array(280), 1);
    for (let number = 0; number < 100; number += 1) {
      expect(mailbox.put(In.DATAGRAM, 0, new Uint8Array(60_000), 1)).toBe(true);
    }
    expect(mailbox.put(In.DATAGRAM, 7, bytes(1), 1)).toBe(true);
    expect(mailbox.dropped).toBe(100);
    mailbox.tick(0, ignore);
    mailbox.tick(0, ignore);
    expect(seen[1]?.[1]).toBe(7);
  });

  test.each([In.MESSAGE, In.BULK])(
    "keeps what is reliable, or says that there is a gap",
    (kind) => {
      const { mailbox } = makeHost();
      for (let number = 0; number < 5000; number += 1) mailbox.put(In.DATAGRAM, 0, bytes(1), 1);
      const before = mailbox.dropped;
      let kept = 0;
      while (kept < 10_000 && mailbox.put(kind, 0, new Uint8Array(16_384), 1)) kept += 1;
      expect(kept).toBeGreaterThan(256); // the parts of the largest state
      expect(kept).toBeLessThan(600);
      expect(mailbox.dropped).toBe(before + 1);
      expect(mailbox.put(In.LINK, 0, bytes())).toBe(true);
      expect(mailbox.dropped).toBe(before + 1);
    },
  );
});

describe("the outbox", () => {
  function answer(outbox: DataView): number {
    outbox.setFloat64(0, 1234.5, true);
    outbox.setUint8(8, 2 | 4);
    outbox.setUint8(16, Out.DATAGRAM);
    outbox.setUint8(17, 7);
    outbox.setUint32(18, 3, true);
    for (const [index, byte] of [10, 20, 30].entries()) outbox.setUint8(22 + index, byte);
    outbox.setUint8(25, Out.EFFECTS);
    outbox.setUint8(26, 0);
    outbox.setUint32(27, 0, true);
    return 31;
  }

  function collect(mailbox: Mailbox) {
    const records: { kind: number; index: number; payload: number[] }[] = [];
    const take = ({ kind, index, payload }: OutRecord) =>
      records.push({ kind, index, payload: [...payload] });
    const wake = mailbox.tick(0, take);
    return { records, wake };
  }

  const expected = [
    { kind: Out.DATAGRAM, index: 7, payload: [10, 20, 30] },
    { kind: Out.EFFECTS, index: 0, payload: [] },
  ];

  test("is read as Python wrote it", () => {
    const { records, wake } = collect(makeHost(answer).mailbox);
    expect(records).toEqual(expected);
    expect(wake).toEqual({ atMs: 1234.5, isFrame: true, isPlaying: true, more: false });
  });

  test("is found again when the memory grew between calls, and within one", () => {
    const between = makeHost(answer);
    between.memory.grow();
    between.mailbox.putAction(0, 1);
    expect(collect(between.mailbox).records).toEqual(expected);
    const within = makeHost((outbox) => {
      const used = answer(outbox);
      within.memory.grow();
      return used;
    });
    expect(collect(within.mailbox).records).toEqual(expected);
    expect(collect(within.mailbox).records).toEqual(expected);
    expect(within.memory.released).toBeGreaterThan(0);
  });
});

describe("figures", () => {
  test("are read by name, those of each peer after those of the session", () => {
    const session = [3, 1, 100, 97, 95, 2, 5, 7, 40, 120, 3, 0b101, 1, -0.005, 9];
    const peers = [
      [1, 80, 4, -12, -3, 6, 15, 1, 0, 2, 1.5],
      [2, 120, 9, 8, -5, 0, 20, 2, 0, 0, 0],
    ].flat();
    const packed = new Uint8Array(new Float64Array([...session, ...peers]).buffer);
    const figures = readStatistics(packed);
    expect(figures.state).toBe("playing");
    expect(figures.confirmedFrame).toBe(95);
    expect(figures.periodTrim).toBe(-0.005);
    expect(figures.stalledFor).toEqual([0, 2]);
    expect(figures.peers.map(({ peer, rttMs }) => [peer, rttMs])).toEqual([
      [1, 80],
      [2, 120],
    ]);
    expect(worstPeer(figures.peers)).toEqual({
      rttMs: 120,
      rttJitterMs: 9,
      leadMs: -12,
      inputBufferFrames: -5,
    });
    expect(worstPeer([]).rttMs).toBe(0);
  });

  test("checksums keep all their 64 bits", () => {
    const view = new DataView(new ArrayBuffer(4 + 12));
    view.setUint32(0, 3, true);
    view.setInt32(4, 60, true);
    view.setBigUint64(8, 0x00ff_ffff_ffff_fff1n, true);
    expect(readChecksums(new Uint8Array(view.buffer))).toEqual({
      episode: 3,
      pairs: [[60, "00fffffffffffff1"]],
    });
  });
});
