import { describe, expect, it } from "vitest";
import { sortOut, tidyUp } from "./leftovers";
import type { RecordRow, RecordStore } from "./record_store";

const DAY_MS = 24 * 3600 * 1000;
const NOW_MS = 100 * DAY_MS;

function row(key: string, ageDays: number, changes: Partial<RecordRow> = {}): RecordRow {
  return {
    key,
    matchId: key,
    peer: 0,
    fileName: `${key}.pgr`,
    token: "t",
    startedMs: NOW_MS - ageDays * DAY_MS,
    bytes: 10,
    savedBytes: 0,
    isPlayed: true,
    isClosed: false,
    refusal: null,
    ...changes,
  };
}

const keys = (rows: readonly RecordRow[]) => rows.map(({ key }) => key);

describe("what an earlier page left behind", () => {
  it("is sent, oldest first, unless it is saved, refused or unwanted", () => {
    const rows = [
      row("young", 1),
      row("old", 5),
      row("saved", 0, { savedBytes: 10 }),
      row("refused", 1, { refusal: "No." }),
      row("unwanted", 1, { token: null }),
    ];
    const { outdated, unsaved } = sortOut(rows, NOW_MS);
    expect(keys(unsaved)).toEqual(["old", "young"]);
    expect(outdated).toEqual([]);
  });

  it("is removed some time after it was saved, refused or forgotten", () => {
    const rows = [
      row("saved", 2, { savedBytes: 10 }),
      row("refused", 15, { refusal: "No." }),
      row("forgotten", 31),
      row("empty", 0, { bytes: 0 }),
      row("never begun", 0, { isPlayed: false }),
      row("partly saved", 2, { savedBytes: 9 }),
    ];
    const { outdated, unsaved } = sortOut(rows, NOW_MS);
    expect(keys(outdated).sort()).toEqual([
      "empty",
      "forgotten",
      "never begun",
      "refused",
      "saved",
    ]);
    expect(keys(unsaved)).toEqual(["partly saved"]);
  });

  it("is bounded", () => {
    const rows = Array.from({ length: 120 }, (_, index) => row(String(index), index / 100));
    const { outdated, unsaved } = sortOut(rows, NOW_MS);
    expect(outdated).toHaveLength(20);
    expect(unsaved).toHaveLength(100);
    expect(outdated.map(({ startedMs }) => startedMs).sort()[19]).toBeLessThan(
      Math.min(...unsaved.map(({ startedMs }) => startedMs)),
    );
  });

  it("stays where another page writes it", async () => {
    const rows = [row("mine", 1), row("written", 1), row("refused now", 0.5)];
    const sent: string[] = [];
    const put: RecordRow[] = [];
    const store = {
      rows: async () => rows,
      pieces: async () => [new ArrayBuffer(10)],
      put: async (each: RecordRow) => void put.push(each),
      remove: async () => undefined,
    } as unknown as RecordStore;
    await tidyUp({
      store,
      nowMs: NOW_MS,
      setTimer: () => undefined,
      fetch: async (url) => {
        sent.push(url);
        const isRefused = url.includes("refused");
        const body = isRefused ? { code: "c", message: "No." } : { stored_bytes: 10 };
        return new Response(JSON.stringify(body), { status: isRefused ? 409 : 200 });
      },
      ifUnused: async (key, act) => (key === "written" ? undefined : act()),
    });
    expect(sent).toEqual(["/api/matches/mine/records/0", "/api/matches/refused%20now/records/0"]);
    expect(put.map(({ key, savedBytes, refusal }) => [key, savedBytes, refusal])).toEqual([
      ["mine", 10, null],
      ["refused now", 0, "No."],
    ]);
  });
});
