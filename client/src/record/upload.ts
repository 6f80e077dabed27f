/** Hands the record of a match to the server, once: what is to be done with each answer. */

export type FetchLike = (input: string, init?: RequestInit) => Promise<Response>;

export interface Upload {
  readonly matchId: string;
  readonly peer: number;
  readonly token: string;
  /** All of the record so far. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Answer =
  /** The server keeps so many bytes, whatever happens to it now. */
  | { readonly kind: "saved"; readonly storedBytes: number }
  /** It does not take them, and will not later. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It may take them later; in so many ms at the earliest if it said so. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number };

/** An answer that has not come by then will not come, in ms. */
const ANSWER_WITHIN_MS = 30_000;
/** Browsers send so much at most after a page has been closed, over all its requests, in bytes. */
export const MOST_PARTING_BYTES = 60_000;

/** Where a record is kept on the server. */
export function recordUrl(matchId: string, peer: number | string): string {
  return `/api/matches/${encodeURIComponent(matchId)}/records/${encodeURIComponent(peer)}`;
}

function request({ token, bytes }: Upload): RequestInit {
  return {
    method: "PUT",
    body: bytes,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
    cache: "no-store",
  };
}

export async function putRecord(fetch: FetchLike, upload: Upload): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const url = recordUrl(upload.matchId, upload.peer);
    return await judge(await fetch(url, { ...request(upload), signal }), upload.bytes.byteLength);
  } catch {
    return { kind: "retry", reason: "the server does not answer", afterMs: 0 };
  }
}

/** Send what may still arrive while the page is closed; nobody will be there to hear the answer. */
export function putWhileClosing(fetch: FetchLike, upload: Upload): void {
  if (upload.bytes.byteLength > MOST_PARTING_BYTES) return;
  fetch(recordUrl(upload.matchId, upload.peer), { ...request(upload), keepalive: true }).catch(
    () => undefined,
  );
}

async function judge(response: Response, sentBytes: number): Promise<Answer> {
  const said = await readObject(response);
  if (response.ok) {
    const storedBytes = said.stored_bytes;
    if (typeof storedBytes === "number" && storedBytes >= sentBytes) {
      return { kind: "saved", storedBytes };
    }
    return { kind: "retry", reason: "the server has not kept all of it", afterMs: 0 };
  }
  const reason = typeof said.message === "string" ? said.message : sayStatus(response.status);
  if (response.status === 408 || response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? 0);
    return { kind: "retry", reason, afterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 };
  }
  return { kind: "refused", reason };
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function sayStatus(status: number): string {
  if (status === 404) return "This server keeps no replays.";
  return `The server answered with status ${status}.`;
}
