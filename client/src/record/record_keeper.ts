/** Everything about records of matches on one page: this match's, and what earlier pages left behind. */

import type { ReplayPieceMessage } from "../shared/replay_messages";
import { tidyUp } from "./leftovers";
import { joined, LiveRecord, type RecordState } from "./live_record";
import { openRecordStore, type RecordRow, type RecordStore } from "./record_store";

/** Leftovers wait until the page has what it needs itself, in ms. */
const TIDY_UP_AFTER_MS = 2000;

export interface RecordedMatch {
  readonly matchId: string;
  readonly peer: number;
  readonly token: string | null;
  readonly fileName: string;
}

/** Browsers offer locks in secure contexts only; without them two pages may send the same twice. */
function lockManager(): LockManager | null {
  return (navigator as { locks?: LockManager }).locks ?? null;
}

function lockName(key: string): string {
  return `peergym record ${key}`;
}

/** Hold a record until it is let go, or for as long as this page lives. */
function hold(key: string): () => void {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  void lockManager()?.request(lockName(key), () => held);
  return letGo;
}

async function ifUnused(key: string, act: () => Promise<void>): Promise<void> {
  const locks = lockManager();
  if (locks === null) return act();
  await locks.request(lockName(key), { ifAvailable: true }, (lock) =>
    lock === null ? undefined : act(),
  );
}

export class RecordKeeper {
  private readonly store: Promise<RecordStore | null> = openRecordStore();
  /** Of this page, newest last. */
  private readonly records: LiveRecord[] = [];
  private readonly letGo = new Map<LiveRecord, () => void>();

  /**
   * @param onState How it stands with the newest record.
   * @param onRefused What earlier pages recorded and the server has refused for good.
   */
  constructor(
    private readonly onState: (state: RecordState) => void,
    private readonly onRefused: (rows: readonly RecordRow[]) => void = () => undefined,
  ) {
    window.addEventListener("online", () => {
      for (const record of this.records) record.retry();
    });
    window.addEventListener("pagehide", () => {
      for (const record of this.records) record.saveWhileClosing();
    });
    setTimeout(() => void this.tidyUp(), TIDY_UP_AFTER_MS);
  }

  get state(): RecordState {
    return this.records.at(-1)?.state ?? { name: "none" };
  }

  begin(match: RecordedMatch): void {
    const startedMs = Date.now();
    const key = `${match.matchId}/${match.peer}/${startedMs}`;
    const letGo = hold(key);
    const row = {
      ...match,
      key,
      startedMs,
      bytes: 0,
      savedBytes: 0,
      isPlayed: false,
      isClosed: false,
      refusal: null,
    };
    const record: LiveRecord = new LiveRecord(row, this.store, {
      fetch: (url, init) => fetch(url, init),
      setTimer: (run, delayMs) => void setTimeout(run, delayMs),
      onState: (state) => {
        if (record === this.records.at(-1)) this.onState(state);
      },
    });
    this.dropOver();
    this.records.push(record);
    this.letGo.set(record, letGo);
    this.onState(record.state);
  }

  /** Whatever is at its end is done with; this page needs the newest only. */
  private dropOver(): void {
    for (const record of this.records.filter((each) => each.isOver)) {
      this.letGo.get(record)?.();
      this.letGo.delete(record);
      this.records.splice(this.records.indexOf(record), 1);
    }
  }

  take({ matchId, peer, data, isLast }: ReplayPieceMessage): void {
    const record = this.records.findLast(
      ({ row }) => row.matchId === matchId && row.peer === peer && !row.isClosed,
    );
    record?.append(data, isLast);
  }

  /** Somebody vanished, say: what there is shall be on the server. */
  save(): void {
    this.records.at(-1)?.save();
  }

  /** The game is over, and its players may go: what still comes shall be there, too. */
  keepSaving(): void {
    this.records.at(-1)?.keepSaving();
  }

  /** A game has begun. */
  begun(): void {
    this.records.at(-1)?.begun();
  }

  /** The newest record as a file; null before there is anything in it. */
  file(): { name: string; bytes: ArrayBuffer } | null {
    const record = this.records.at(-1);
    if (record === undefined || record.row.bytes === 0) return null;
    return { name: record.row.fileName, bytes: record.bytes().buffer };
  }

  /** The bytes of what an earlier page left behind. */
  async leftover(key: string): Promise<ArrayBuffer> {
    const pieces = (await (await this.store)?.pieces(key)) ?? [];
    return joined(pieces).buffer;
  }

  async forget(key: string): Promise<void> {
    const store = await this.store;
    await store?.remove(key);
    if (store !== null) await this.tellRefused(store);
  }

  private async tellRefused(store: RecordStore): Promise<void> {
    const own = new Set(this.records.map(({ row }) => row.key));
    const rows = await store.rows();
    this.onRefused(rows.filter(({ key, refusal }) => refusal !== null && !own.has(key)));
  }

  private async tidyUp(): Promise<void> {
    const store = await this.store;
    if (store === null) return;
    await tidyUp({
      store,
      fetch: (url, init) => fetch(url, init),
      setTimer: (run, delayMs) => void setTimeout(run, delayMs),
      nowMs: Date.now(),
      ifUnused,
    });
    await this.tellRefused(store);
  }
}
