/**
 * What keeps a STUN or TURN server from helping, in sentences.
 *
 * A server that does not help is no alarm while there is another path: it is noted, and told where nothing
 * connects. Browsers report it once for every address of the machine, so what is the same is noted once.
 */

import { isExpired } from "./ice_servers";

/** What of an `icecandidateerror` matters. */
export interface CandidateError {
  readonly url: string;
  readonly errorCode: number;
  readonly errorText: string;
}

/** Not a STUN error: the browser had no answer at all. Source: WebRTC 1.0, 4.8.3. */
const NO_ANSWER = 701;

/** Errors that a server answers with. Source: RFC 8489 and RFC 8656, section 19. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: "does not accept the credentials it was shown; it and the game's server may not share one secret",
  403: "does not relay to the other player's address",
  437: "has forgotten this page's path; a new one is being made",
  438: "wants to be asked anew",
  441: "does not accept these credentials for a path that was made with others",
  442: "does not relay over UDP",
  486: "gives this player no more paths: his quota is used up",
  508: "is full",
};

/** The worst first: what is said where one thing only can be said. */
const SEVERITY = [401, 441, 486, 508, 403, 442];

export class IceTroubles {
  private readonly found = new Map<string, { code: number; sentence: string }>();
  /** Servers that gave us an address: what failed there failed on one of several ways to it. */
  private readonly helpful = new Set<string>();

  /** Note an error. Returns whether it was a new one. */
  note(error: CandidateError, servers: readonly RTCIceServer[], nowS: number): boolean {
    const key = `${error.errorCode} ${error.url}`;
    if (this.found.has(key)) return false;
    this.found.set(key, { code: error.errorCode, sentence: say(error, servers, nowS) });
    return true;
  }

  /** Note that a server gave us an address. */
  noteHelp(url: string | null | undefined): void {
    if (url) this.helpful.add(url);
  }

  /** Begin anew, as after a restart: what was wrong then may be right now. */
  clear(): void {
    this.found.clear();
    this.helpful.clear();
  }

  /** All that is wrong, the worst first; a server that does help is left out. */
  sentences(): string[] {
    const rank = (code: number): number => (SEVERITY.indexOf(code) + 100) % 100;
    return [...this.found]
      .filter(([key]) => !this.helpful.has(key.slice(key.indexOf(" ") + 1)))
      .map(([, trouble]) => trouble)
      .sort((a, b) => rank(a.code) - rank(b.code))
      .map((trouble) => trouble.sentence);
  }
}

function say(error: CandidateError, servers: readonly RTCIceServer[], nowS: number): string {
  const kind = /^turns?:/.test(error.url) ? "TURN" : "STUN";
  const place = error.url.replace(/^\w+:/, "").replace(/\?.*$/, "");
  const way = /transport=tcp/.test(error.url) ? " over TCP" : "";
  const who = `The ${kind} server ${place}`;
  if (error.errorCode === NO_ANSWER) {
    return `${who} does not answer${way}; it may be down, or something on the way lets nothing through.`;
  }
  if (error.errorCode === 401 && isExpired(error.url, servers, nowS)) {
    return `${who} does not accept the credentials, which have expired.`;
  }
  const known = SENTENCES[error.errorCode];
  const cause = known ?? `says ${error.errorText || "that something is wrong"}`;
  return `${who} ${cause} (${error.errorCode}).`;
}
