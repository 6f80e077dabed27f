/** Where the replay comes from: the server. What can go wrong there, in sentences. */

import { operatorHeaders } from "../app/operator_key";
import { type FetchLike, recordUrl } from "../record/upload";
import type { WatchProblem } from "./watch_state";

/** The record that an address such as `/watch/MATCH/0` names; null for one without (`/watch`). */
export function recordOfPath(path: string): { matchId: string; peer: string } | null {
  const parts = /^\/watch\/([^/]+)\/([^/]+)\/?$/.exec(path);
  if (parts?.[1] === undefined || parts[2] === undefined) return null;
  try {
    return { matchId: decodeURIComponent(parts[1]), peer: decodeURIComponent(parts[2]) };
  } catch {
    return { matchId: parts[1], peer: parts[2] };
  }
}

export class RecordUnavailableError extends Error {
  constructor(readonly problem: WatchProblem) {
    super(problem.sentence);
  }
}

function problemOf(status: number, message: string): WatchProblem {
  if (status === 401 || status === 403) {
    const sentence =
      "Records of matches are for whoever runs this server. Open the link with the key that the server printed when it started, or put the key in here.";
    return { title: "The key is missing or wrong", sentence, wantsKey: true };
  }
  if (status === 404) {
    const sentence = "This server has no such record. It may have been removed.";
    return { title: "No such replay", sentence, wantsKey: false };
  }
  const sentence = message === "" ? `The server answered with status ${status}.` : message;
  return { title: "The replay cannot be fetched", sentence, wantsKey: false };
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { message } = await response.json();
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

/**
 * Fetch a record.
 *
 * @throws {RecordUnavailableError} There is none for us.
 */
export async function fetchRecord(
  fetch: FetchLike,
  { matchId, peer }: { matchId: string; peer: string },
): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(recordUrl(matchId, peer), {
      headers: operatorHeaders(),
      cache: "no-store",
    });
  } catch {
    const sentence = "The server does not answer. Is it still running?";
    throw new RecordUnavailableError({
      title: "The server cannot be reached",
      sentence,
      wantsKey: false,
    });
  }
  if (!response.ok) {
    throw new RecordUnavailableError(problemOf(response.status, await messageOf(response)));
  }
  return response.arrayBuffer();
}
