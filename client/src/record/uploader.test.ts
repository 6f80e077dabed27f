import { describe, expect, it } from "vitest";
import { LiveRecord, type RecordState } from "./live_record";
import type { RecordRow } from "./record_store";
import { sayRecord } from "./record_words";
import type { FetchLike } from "./upload";
import { MOST_TRIES } from "./uploader";

const ROW: RecordRow = {
  key: "m/1/0",
  matchId: "a match",
  peer: 1,
  fileName: "a.pgr",
  token: "secret",
  startedMs: 0,
  bytes: 0,
  savedBytes: 0,
  isPlayed: true,
  isClosed: false,
  refusal: null,
};

type Reply = number | "gone" | { status: number; body?: unknown; headers?: Record<string, string> };

/** A record whose requests are answered one by one, on a clock that the test moves. */
class Bench {
  readonly requests: { url: string; init: RequestInit }[] = [];
  readonly states: RecordState[] = [];
  readonly waits: { run: () => void; delayMs: number }[] = [];
  readonly record: LiveRecord;
  private readonly replies: Reply[];

  constructor(replies: Reply[], row: Partial<RecordRow> = {}) {
    this.replies = replies;
    const fetch: FetchLike = async (url, init = {}) => {
      this.requests.push({ url, init });
      const reply = this.replies.shift() ?? 200;
      if (reply === "gone") throw new TypeError("no network");
      const { status, body, headers } =
        typeof reply === "number" ? { status: reply, body: undefined, headers: {} } : reply;
      const sent = (init.body as Uint8Array).byteLength;
      const told = body ?? (status === 200 ? { stored_bytes: sent, sealed: false } : {});
      return new Response(JSON.stringify(told), { status, ...(headers ? { headers } : {}) });
    };
    this.record = new LiveRecord({ ...ROW, ...row }, Promise.resolve(null), {
      fetch,
      setTimer: (run, delayMs) => this.waits.push({ run, delayMs }),
      onState: (state) => this.states.push(state),
    });
  }

  get last(): RecordState {
    return this.record.state;
  }

  sent(index: number): number[] {
    const body = this.requests[index]?.init.body ?? new Uint8Array();
    return [...(body as Uint8Array)];
  }

  /** Let everything happen that waits for nothing but its turn. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Let the present wait be over. */
  async pass(): Promise<number> {
    const wait = this.waits.shift();
    wait?.run();
    await this.settle();
    return wait?.delayMs ?? -1;
  }
}

function piece(...bytes: number[]): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

describe("the record of a match", () => {
  it("is sent whole, with its token, when it is sealed", async () => {
    const bench = new Bench([]);
    bench.record.append(piece(1, 2), false);
    await bench.settle();
    expect(bench.requests).toHaveLength(0);
    bench.record.append(piece(3), true);
    await bench.settle();
    expect(bench.sent(0)).toEqual([1, 2, 3]);
    const { url, init } = bench.requests[0] ?? { url: "", init: {} };
    expect(url).toBe("/api/matches/a%20match/records/1");
    expect(init.method).toBe("PUT");
    expect(new Headers(init.headers).get("authorization")).toBe("Bearer secret");
    expect(bench.last).toEqual({ name: "saved", bytes: 3 });
    expect(bench.record.isOver).toBe(true);
  });

  it("sends what came while it was being sent", async () => {
    const bench = new Bench([]);
    bench.record.append(piece(1), false);
    bench.record.keepSaving();
    bench.record.append(piece(2), false);
    await bench.settle();
    expect(bench.sent(bench.requests.length - 1)).toEqual([1, 2]);
    expect(bench.last).toEqual({ name: "saved", bytes: 2 });
    expect(bench.record.isOver).toBe(false);
  });

  it("is not sent piece by piece while the match goes on", async () => {
    const bench = new Bench([]);
    bench.record.append(piece(1), false);
    bench.record.save();
    await bench.settle();
    bench.record.append(piece(2), false);
    await bench.settle();
    expect(bench.requests).toHaveLength(1);
  });

  it("is sent with its end, too, when all before that was saved", async () => {
    const bench = new Bench([]);
    bench.record.append(piece(1), false);
    bench.record.keepSaving();
    await bench.settle();
    expect(bench.last).toEqual({ name: "saved", bytes: 1 });
    bench.record.append(piece(2), true);
    await bench.settle();
    expect(bench.last).toEqual({ name: "saved", bytes: 2 });
    expect(bench.record.isOver).toBe(true);
  });

  it("is sent again after failures, after waits that double", async () => {
    const bench = new Bench(["gone", 503, 429, "gone"]);
    bench.record.append(piece(1), true);
    await bench.settle();
    expect(sayRecord(bench.last)).toContain("not saved yet");
    const waits = [];
    while (bench.last.name !== "saved") waits.push(await bench.pass());
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    expect(bench.requests).toHaveLength(5);
  });

  it("waits as long as the server asks for", async () => {
    const bench = new Bench([{ status: 429, headers: { "retry-after": "7" } }]);
    bench.record.append(piece(1), true);
    await bench.settle();
    expect(await bench.pass()).toBe(7000);
    expect(bench.last.name).toBe("saved");
  });

  it("is given up after so many failures, and tried again when asked", async () => {
    const bench = new Bench(Array.from({ length: MOST_TRIES }, () => "gone" as const));
    bench.record.append(piece(1), true);
    await bench.settle();
    for (let tries = 1; tries < MOST_TRIES; tries += 1) await bench.pass();
    expect(bench.last.name).toBe("given_up");
    expect(bench.waits).toHaveLength(0);
    bench.record.retry();
    await bench.settle();
    expect(bench.last.name).toBe("saved");
  });

  it.each([400, 403, 409, 413, 422])("is never sent again after status %i", async (status) => {
    const message = "The token is of another match.";
    const bench = new Bench([{ status, body: { code: "x", message } }]);
    bench.record.append(piece(1), true);
    await bench.settle();
    expect(bench.last).toEqual({ name: "refused", reason: message });
    expect(sayRecord(bench.last)).toBe("Replay not saved: the token is of another match.");
    bench.record.retry();
    bench.record.keepSaving();
    await bench.settle();
    expect(bench.requests).toHaveLength(1);
    expect([...bench.record.bytes()]).toEqual([1]);
  });

  it("does not believe a server that kept less than was sent", async () => {
    const bench = new Bench([{ status: 200, body: { stored_bytes: 1, sealed: false } }]);
    bench.record.append(piece(1, 2, 3), true);
    await bench.settle();
    expect(bench.last.name).toBe("retrying");
  });

  it("goes along while the page is closed, if it is small", async () => {
    const bench = new Bench([]);
    bench.record.append(piece(1), false);
    bench.record.saveWhileClosing();
    expect(bench.requests[0]?.init.keepalive).toBe(true);
    const large = new Bench([]);
    large.record.append(new ArrayBuffer(64 * 1024), false);
    large.record.saveWhileClosing();
    expect(large.requests).toHaveLength(0);
  });

  it("is not handed in when no game has begun", async () => {
    const bench = new Bench([], { isPlayed: false });
    bench.record.append(piece(1), false);
    bench.record.keepSaving();
    bench.record.saveWhileClosing();
    bench.record.append(piece(2), true);
    await bench.settle();
    expect(bench.requests).toHaveLength(0);
    expect(bench.record.isOver).toBe(true);
  });

  it("is only kept where the server wants none", async () => {
    const bench = new Bench([], { token: null });
    bench.record.append(piece(1), true);
    bench.record.saveWhileClosing();
    await bench.settle();
    expect(bench.requests).toHaveLength(0);
    expect(bench.last).toEqual({ name: "kept" });
  });
});
