/**
 * What keeps a STUN or TURN server from helping, in sentences.
 *
 * A server that does not help is no alarm while there is another path: it is noted, and told where nothing
 * connects. Browsers report an error once for every address of the machine, so what is the same is noted
 * once; and they wait 40 s for a server that says nothing, so who has said nothing after a while is noted
 * before (`noteSilence`).
 */

import { isExpired, isTurn, normaliseIceUrl } from "./ice_servers";

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

interface Trouble {
  readonly url: string;
  readonly code: number;
  readonly sentence: string;
}

export class IceTroubles {
  private readonly found = new Map<string, Trouble>();
  /** Servers that gave us an address. */
  private readonly helpful = new Set<string>();
  /** A browser that does not tell which TURN server an address is at: all may have helped. */
  private hasNamelessHelp = false;

  /** Note an error. Returns whether it was a new one. */
  note(error: CandidateError, servers: readonly RTCIceServer[], nowS: number): boolean {
    const url = normaliseIceUrl(error.url);
    // A TURN server is asked for what a STUN server gives, too, under an address that nobody configured.
    if (!urlsOf(servers).includes(url)) return false;
    const key = `${error.errorCode} ${url}`;
    if (this.found.has(key)) return false;
    const sentence = say({ ...error, url }, servers, nowS);
    this.found.set(key, { url, code: error.errorCode, sentence });
    return true;
  }

  /** Note an address that was found with the help of a server. */
  noteHelp(type: string | null, url: string | null): void {
    if (url === null) this.hasNamelessHelp ||= type === "relay";
    // That a TURN server sees us does not say that it relays.
    else if (isTurn(url) === (type === "relay")) this.helpful.add(normaliseIceUrl(url));
  }

  /** Note all TURN servers that have said nothing yet. Returns whether there is one. */
  noteSilence(servers: readonly RTCIceServer[], nowS: number): boolean {
    if (this.hasNamelessHelp) return false;
    const answered = new Set([...this.found.values()].map(({ url }) => url));
    const silent = urlsOf(servers).filter(
      (url) => isTurn(url) && !answered.has(url) && !this.helpful.has(url),
    );
    for (const url of silent)
      this.note({ url, errorCode: NO_ANSWER, errorText: "" }, servers, nowS);
    return silent.length > 0;
  }

  /** Begin anew, as after a restart: what was wrong then may be right now. */
  clear(): void {
    this.found.clear();
    this.helpful.clear();
    this.hasNamelessHelp = false;
  }

  /** All that is wrong, the worst first; a server that does help is left out. */
  sentences(): string[] {
    const rank = (code: number): number => (SEVERITY.indexOf(code) + 100) % 100;
    return [...this.found.values()]
      .filter(({ url }) => !this.helpful.has(url))
      .sort((a, b) => rank(a.code) - rank(b.code))
      .map(({ sentence }) => sentence);
  }
}

function urlsOf(servers: readonly RTCIceServer[]): string[] {
  return servers.flatMap(({ urls }) => [urls].flat().map(normaliseIceUrl));
}

function say(error: CandidateError, servers: readonly RTCIceServer[], nowS: number): string {
  const place = error.url.replace(/^\w+:/, "").replace(/\?.*$/, "");
  const way = isTurn(error.url) && error.url.endsWith("tcp") ? " over TCP" : "";
  const who = `The ${isTurn(error.url) ? "TURN" : "STUN"} server ${place}`;
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
