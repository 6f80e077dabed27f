/** What `GET /api/matches` tells, as the server writes it, and how it is asked for. */

import type { FetchLike } from "../record/upload";

export interface MatchPlayer {
  agent: string;
  /** Who ran the seat, one after the other. */
  controllers: readonly { peer: number; is_agent: boolean }[];
}

export interface MatchRecord {
  peer: number;
  /** Of this record alone. */
  verification?: Verification;
  bytes: number;
  sealed: boolean;
  frames: number;
}

export interface Agreement {
  /** `single`: there is one record only. `pending`: more are expected, or it is being looked at. */
  state: "equal" | "differs" | "single" | "pending";
  /** With `differs`: the first frame that does, and its episode. */
  from_frame?: number | null;
  episode?: number | null;
  /** What differs, in a word. */
  what?: string;
}

export interface Verification {
  state: "waiting" | "running" | "verified" | "repaired" | "differs" | "failed";
  episode?: number | null;
  /** Where it differs; while it runs, how many frames are done. */
  frame?: number | null;
  field?: string;
  message?: string;
}

export interface Match {
  match_id: string;
  room: string;
  game: string;
  /** ISO 8601; empty if unknown. */
  started: string;
  duration_s: number;
  frames: number;
  players: readonly MatchPlayer[];
  records: readonly MatchRecord[];
  agreement: Agreement;
  verification: Verification;
}

export type ListProblem = "key" | "unreachable" | { message: string };

export class MatchListError extends Error {
  constructor(readonly problem: ListProblem) {
    super(typeof problem === "string" ? problem : problem.message);
  }
}

/** A part of the list. */
export interface MatchPage {
  matches: Match[];
  /** With it the older ones are asked for; null when there are none. */
  next: string | null;
}

/** So many are asked for at a time. */
const PAGE_SIZE = 50;

/**
 * Ask for matches, newest first.
 *
 * @param headers That say who asks.
 * @param before `next` of the page before; null for the newest.
 * @throws {MatchListError} There is no answer, or none for us.
 */
export async function fetchMatches(
  fetch: FetchLike,
  headers: Readonly<Record<string, string>>,
  before: string | null,
): Promise<MatchPage> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (before !== null) query.set("before", before);
  let response: Response;
  try {
    response = await fetch(`/api/matches?${query}`, {
      headers,
      cache: "no-store",
    });
  } catch {
    throw new MatchListError("unreachable");
  }
  if (response.status === 401 || response.status === 403) throw new MatchListError("key");
  let answer: unknown = null;
  try {
    answer = await response.json();
  } catch {
    // Not from our server: the status has to say it.
  }
  if (response.ok && answer !== null) return answer as MatchPage;
  const message = (answer as { message?: unknown } | null)?.message;
  const status = `The server answered with status ${response.status}.`;
  throw new MatchListError({ message: typeof message === "string" ? message : status });
}

/** Whether something of it may change without anybody doing anything. */
export function isUnderWay({ agreement, verification }: Match): boolean {
  return (
    agreement.state === "pending" ||
    verification.state === "waiting" ||
    verification.state === "running"
  );
}
