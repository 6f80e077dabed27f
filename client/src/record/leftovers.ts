/**
 * Records that an earlier page could not bring to the server: sent when any page of ours is loaded.
 *
 * A page that plays holds a lock on its record, which goes when it does, whatever it died of; so no page
 * sends what another is still writing.
 */

import { joined } from "./live_record";
import type { RecordRow, RecordStore } from "./record_store";
import { type FetchLike, putRecord } from "./upload";
import { Uploader, type UploadState } from "./uploader";

const DAY_MS = 24 * 3600 * 1000;
/** Saved ones are kept for a day: for whoever looks for the file of yesterday's match. */
const SAVED_FOR_MS = DAY_MS;
/** What cannot be saved is kept for its player to download. */
const REFUSED_FOR_MS = 14 * DAY_MS;
const UNSAVED_FOR_MS = 30 * DAY_MS;
/** More than these, the oldest go, in whatever state. */
const MOST_KEPT = 100;

export function isSaved({ bytes, savedBytes }: RecordRow): boolean {
  return bytes > 0 && savedBytes >= bytes;
}

/** Whether a record need not be kept any longer. */
export function isOutdated(row: RecordRow, nowMs: number): boolean {
  const ageMs = nowMs - row.startedMs;
  if (isSaved(row)) return ageMs > SAVED_FOR_MS;
  if (row.bytes === 0 || !row.isPlayed) return true;
  return ageMs > (row.refusal === null ? UNSAVED_FOR_MS : REFUSED_FOR_MS);
}

/** The records to remove, and those to send, oldest first. */
export function sortOut(
  rows: readonly RecordRow[],
  nowMs: number,
): { outdated: RecordRow[]; unsaved: RecordRow[] } {
  const sorted = [...rows].sort((one, other) => one.startedMs - other.startedMs);
  const surplus = sorted.slice(0, Math.max(0, sorted.length - MOST_KEPT));
  const outdated = sorted.filter((row) => surplus.includes(row) || isOutdated(row, nowMs));
  const unsaved = sorted.filter(
    (row) => !outdated.includes(row) && !isSaved(row) && row.refusal === null && row.token !== null,
  );
  return { outdated, unsaved };
}

export interface LeftoverOptions {
  readonly store: RecordStore;
  readonly fetch: FetchLike;
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly nowMs: number;
  /** Do something with a record if no other page is writing it. */
  readonly ifUnused: (key: string, act: () => Promise<void>) => Promise<void>;
}

/** Remove what is outdated and send what is not saved, one after the other. */
export async function tidyUp(options: LeftoverOptions): Promise<void> {
  const { store, nowMs, ifUnused } = options;
  const { outdated, unsaved } = sortOut(await store.rows(), nowMs);
  for (const row of outdated) await ifUnused(row.key, () => store.remove(row.key));
  for (const row of unsaved) await ifUnused(row.key, () => send(options, row));
}

async function send({ store, fetch, setTimer }: LeftoverOptions, row: RecordRow): Promise<void> {
  const bytes = joined(await store.pieces(row.key));
  const upload = { matchId: row.matchId, peer: row.peer, token: row.token ?? "", bytes };
  const state = await new Promise<UploadState>((resolve) => {
    const uploader = new Uploader({
      send: () => putRecord(fetch, upload),
      bytes: () => bytes.byteLength,
      setTimer,
      onState: (each) => {
        if (["saved", "refused", "given_up"].includes(each.name)) resolve(each);
      },
    });
    uploader.want();
  });
  if (state.name === "saved") await store.put({ ...row, savedBytes: state.bytes });
  if (state.name === "refused") await store.put({ ...row, refusal: state.reason });
}
