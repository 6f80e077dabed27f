import { describe, expect, test } from "vitest";
import { Channel, channelOptions, INPUT_BUFFER_BYTES, rtcChannel } from "./channels";

/** What a channel stands on, with a buffer that the test fills and drains. */
function makeRaw() {
  return {
    isOpen: true,
    bufferedBytes: 0,
    sent: [] as number[],
    closed: false,
    send(data: Uint8Array) {
      this.sent.push(data[0] ?? -1);
      this.bufferedBytes += data.byteLength;
    },
    close() {
      this.closed = true;
      this.isOpen = false;
    },
  };
}

const packet = (value: number, length = 1) => new Uint8Array(length).fill(value);

describe("how channels are made", () => {
  test("inputs are never sent again by the browser, and never wait for one another", () => {
    const made = channelOptions("input", "datagram");
    expect(made).toEqual({ ordered: false, maxRetransmits: 0, negotiated: true, id: 0 });
  });

  test("to compare, inputs go over a channel that is ordered and without a limit to repetitions", () => {
    expect(channelOptions("input", "ordered")).toEqual({ ordered: true, negotiated: true, id: 0 });
  });

  test.each(["datagram", "ordered"] as const)(
    "with inputs sent as %s, the other channels lose nothing",
    (inputs) => {
      expect(channelOptions("control", inputs)).toEqual({ ordered: true, negotiated: true, id: 1 });
      expect(channelOptions("bulk", inputs)).toEqual({ ordered: true, negotiated: true, id: 2 });
    },
  );
});

describe("channel input", () => {
  test("sends nothing before it is open, and does not catch up afterwards", () => {
    const raw = makeRaw();
    raw.isOpen = false;
    const channel = new Channel("input", raw);
    expect(channel.send(packet(1))).toBe(false);
    raw.isOpen = true;
    channel.flush();
    expect(channel.send(packet(2))).toBe(true);
    expect(raw.sent).toEqual([2]);
  });

  test("skips datagrams while more than 16 KB are buffered, and counts them", () => {
    const raw = makeRaw();
    const channel = new Channel("input", raw);
    raw.bufferedBytes = INPUT_BUFFER_BYTES + 1;
    expect(channel.send(packet(1))).toBe(false);
    raw.bufferedBytes = INPUT_BUFFER_BYTES;
    expect(channel.send(packet(2))).toBe(true);
    expect(raw.sent).toEqual([2]);
    expect(channel.skipped).toBe(1);
  });
});

describe("channel control", () => {
  test("keeps what comes before it is open, in order", () => {
    const raw = makeRaw();
    raw.isOpen = false;
    const channel = new Channel("control", raw);
    for (const value of [1, 2, 3]) channel.send(packet(value));
    expect(raw.sent).toEqual([]);
    raw.isOpen = true;
    channel.flush();
    channel.send(packet(4));
    expect(raw.sent).toEqual([1, 2, 3, 4]);
  });

  test("loses nothing while its buffer is full", () => {
    const raw = makeRaw();
    const channel = new Channel("control", raw);
    const values = Array.from({ length: 100 }, (_, index) => index);
    for (const value of values) channel.send(packet(value, 10_000));
    expect(raw.sent.length).toBeLessThan(100);
    while (raw.sent.length < 100) {
      const before = raw.sent.length;
      raw.bufferedBytes = 0;
      channel.flush();
      expect(raw.sent.length).toBeGreaterThan(before);
    }
    expect(raw.sent).toEqual(values);
  });

  test("closes rather than grow without bound or leave a gap", () => {
    const raw = makeRaw();
    raw.bufferedBytes = 1e9;
    const channel = new Channel("control", raw);
    let sent = 0;
    while (channel.send(packet(1, 100_000)) && sent < 1000) sent += 1;
    expect(sent).toBeLessThan(100);
    expect(raw.closed).toBe(true);
  });
});

describe("channel bulk", () => {
  test("fills its buffer with little, so that inputs do not wait behind it, and loses nothing", () => {
    const raw = makeRaw();
    const channel = new Channel("bulk", raw);
    const values = Array.from({ length: 40 }, (_, index) => index);
    for (const value of values) channel.send(packet(value, 16_384));
    let most = 0;
    for (let round = 0; raw.sent.length < values.length && round < 100; round += 1) {
      most = Math.max(most, raw.bufferedBytes);
      raw.bufferedBytes = Math.max(0, raw.bufferedBytes - 20_000);
      channel.flush();
    }
    expect(raw.sent).toEqual(values);
    expect(most).toBeLessThanOrEqual(64 * 1024 + 16_384);
    expect(raw.closed).toBe(false);
  });
});

describe("a channel of a connection", () => {
  function makeRtc() {
    return {
      readyState: "connecting",
      bufferedAmount: 0,
      bufferedAmountLowThreshold: 0,
      binaryType: "blob",
      sent: [] as number[],
      onopen: null as (() => void) | null,
      onclose: null as (() => void) | null,
      onmessage: null as ((event: { data: unknown }) => void) | null,
      onbufferedamountlow: null as (() => void) | null,
      send(data: Uint8Array) {
        this.sent.push(data[0] ?? -1);
      },
      close() {
        this.readyState = "closed";
      },
    };
  }

  test("asks for array buffers, and sends when it opens", () => {
    const rtc = makeRtc();
    const states: boolean[] = [];
    const received: number[] = [];
    const listener = {
      onState: (_: string, open: boolean) => states.push(open),
      onData: (_: string, data: Uint8Array) => received.push(data[0] ?? -1),
    };
    const channel = rtcChannel("control", rtc as unknown as RTCDataChannel, listener);
    expect(rtc.binaryType).toBe("arraybuffer");
    channel.send(packet(5));
    rtc.onmessage?.({ data: packet(8).buffer });
    rtc.onmessage?.({ data: "text from a stranger" });
    expect(rtc.sent).toEqual([]);
    rtc.readyState = "open";
    rtc.onopen?.();
    rtc.onclose?.();
    expect(rtc.sent).toEqual([5]);
    expect(received).toEqual([8]);
    expect(states).toEqual([true, false]);
  });
});
