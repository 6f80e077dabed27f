/**
 * Keeps records of matches in the browser (IndexedDB), so that a page or browser that crashes loses at most
 * the second that was being written.
 *
 * A record is a row about it and pieces in the order in which they came. A piece and the row are written in
 * one transaction: what the row says is there, is there.
 */

const DATABASE = "peergym";
const VERSION = 1;
const RECORDS = "records";
const PIECES = "pieces";
/** A browser that neither opens the database nor refuses it is not waited for any longer, in ms. */
const OPEN_WITHIN_MS = 3000;

/** What is known of a record beside its bytes. */
export interface RecordRow {
  /** Names it in this browser. */
  readonly key: string;
  readonly matchId: string;
  readonly peer: number;
  /** What it is called when it is saved as a file. */
  readonly fileName: string;
  /** Shown to the server; null where it keeps no records. */
  readonly token: string | null;
  /** When it began, in ms since 1970, as this browser's clock has it. */
  readonly startedMs: number;
  readonly bytes: number;
  /** How many of them the server has acknowledged. */
  readonly savedBytes: number;
  /** A game has begun: before that there is nothing in it that anybody wants to keep. */
  readonly isPlayed: boolean;
  /** Nothing follows. */
  readonly isClosed: boolean;
  /** Why the server does not take it, and never will; null while that is not so. */
  readonly refusal: string | null;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** All pieces of a record. */
function piecesOf(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key, 0], [key, Number.MAX_SAFE_INTEGER]);
}

export class RecordStore {
  constructor(private readonly database: IDBDatabase) {}

  async rows(): Promise<RecordRow[]> {
    const records = this.database.transaction(RECORDS).objectStore(RECORDS);
    return result(records.getAll() as IDBRequest<RecordRow[]>);
  }

  /** Write a row as it is now, and with it a piece if there is one. */
  async put(row: RecordRow, number = 0, piece: ArrayBuffer | null = null): Promise<void> {
    const transaction = this.database.transaction([RECORDS, PIECES], "readwrite");
    const done = completion(transaction);
    transaction.objectStore(RECORDS).put(row);
    if (piece !== null) transaction.objectStore(PIECES).put(piece, [row.key, number]);
    await done;
  }

  /** The pieces of a record, in order. */
  async pieces(key: string): Promise<ArrayBuffer[]> {
    const pieces = this.database.transaction(PIECES).objectStore(PIECES);
    return result(pieces.getAll(piecesOf(key)) as IDBRequest<ArrayBuffer[]>);
  }

  async remove(key: string): Promise<void> {
    const transaction = this.database.transaction([RECORDS, PIECES], "readwrite");
    const done = completion(transaction);
    transaction.objectStore(RECORDS).delete(key);
    transaction.objectStore(PIECES).delete(piecesOf(key));
    await done;
  }
}

function open(): Promise<RecordStore> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(RECORDS, { keyPath: "key" });
      request.result.createObjectStore(PIECES);
    };
    request.onsuccess = () => resolve(new RecordStore(request.result));
    request.onerror = () => reject(request.error);
    setTimeout(() => reject(new Error("the database does not open")), OPEN_WITHIN_MS);
  });
}

/** Open the store; null where the browser has none (some private windows), or does not let us. */
export async function openRecordStore(): Promise<RecordStore | null> {
  try {
    return await open();
  } catch {
    return null;
  }
}
