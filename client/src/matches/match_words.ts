/** A match in words: when, how long, what its records are worth. */

import type { Agreement, MatchPlayer, MatchRecord, Verification } from "./match_list";

export type Look = "good" | "bad" | "warn" | "pending" | "none";

/** A verdict: a word to be seen from afar, and what it means. */
export interface Words {
  look: Look;
  word: string;
  detail: string;
}

export function sayWhen(started: string): string {
  const when = new Date(started);
  if (started === "" || Number.isNaN(when.getTime())) return "unknown";
  return when.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function sayDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
}

export function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function sayControllers({ controllers }: MatchPlayer): string {
  const names = controllers.map(({ peer, is_agent }) => {
    if (peer < 0) return "nobody";
    return is_agent ? "the computer" : `peer ${peer}`;
  });
  return names.length === 0 ? "nobody" : names.join(", then ");
}

/** Who played, a line for each seat. */
export function sayPlayers(players: readonly MatchPlayer[]): string[] {
  return players.map((player, index) => `Player ${index + 1}: ${sayControllers(player)}`);
}

function sayFrame(frame: number | null | undefined, episode?: number | null): string {
  if (frame === null || frame === undefined) return "";
  const game = episode === null || episode === undefined ? "" : ` of game ${episode + 1}`;
  return `from frame ${frame}${game} on`;
}

export function sayAgreement(agreement: Agreement, records: number): Words {
  const { state, from_frame, episode, what } = agreement;
  switch (state) {
    case "equal":
      return { look: "good", word: "Equal", detail: `all ${records} records, bit for bit` };
    case "differs":
      return { look: "bad", word: "Differ", detail: joined(sayFrame(from_frame, episode), what) };
    case "single":
      return { look: "warn", word: "One record", detail: "nothing to compare it with" };
    case "pending":
      return { look: "pending", word: "Waiting", detail: "not all records are complete" };
  }
}

export function sayVerification(verification: Verification): Words {
  const { state, episode, frame, field, message: told = "" } = verification;
  switch (state) {
    case "waiting":
      return { look: "pending", word: "Waiting", detail: told };
    case "running":
      return {
        look: "pending",
        word: "Running",
        detail: frame ? `${frame.toLocaleString()} frames` : told,
      };
    case "verified":
      return { look: "good", word: "Verified", detail: told || "executed again, all the same" };
    case "repaired":
      return { look: "warn", word: "Repaired", detail: told || "a desync; not clean" };
    case "differs":
      return {
        look: "bad",
        word: "Differs",
        detail: joined(sayFrame(frame, episode), field) || told,
      };
    case "failed":
      return { look: "bad", word: "Failed", detail: told };
  }
}

/** @param records How many there are: with several, each says what came of itself. */
export function sayRecord(record: MatchRecord, records: number): string {
  const { peer, bytes, sealed, verification } = record;
  const parts = [`record of peer ${peer}`, sayBytes(bytes)];
  if (!sealed) parts.push("torn off");
  if (records > 1 && verification !== undefined) {
    parts.push(sayVerification(verification).word.toLowerCase());
  }
  return parts.join(", ");
}

function joined(place: string, what = ""): string {
  return [place, what].filter((each) => each !== "").join(": ");
}
