/**
 * The ICE servers of a match, with credentials that are new enough to be used.
 *
 * Credentials may last for a quarter of an hour, a match for hours. Whoever seeks a path asks for new ones
 * before, unless these have only just come. All connections of a match share them, and ask once.
 */

/** Expired credentials begin with the time, in seconds since 1970. Source: turnserver(1). */
const EXPIRY = /^(\d{9,}):/;
/** No server gives credentials for less than 30 s. Not by the clock in them: that of this machine may be wrong. */
export const FRESH_MS = 20_000;

export type AskForServers = () => Promise<readonly RTCIceServer[] | null>;

export class IceServers {
  private asking: Promise<void> | null = null;
  private askedMs: number;

  /**
   * @param current As they came with the match, just now.
   * @param ask Get them anew; null where the server does not answer.
   */
  constructor(
    public current: readonly RTCIceServer[],
    private readonly ask: AskForServers,
  ) {
    this.askedMs = performance.now();
  }

  /** Have such servers as `current` as can be used now. */
  async refresh(): Promise<void> {
    const areNew = performance.now() - this.askedMs < FRESH_MS;
    if (areNew || !this.current.some(({ username }) => EXPIRY.test(username ?? ""))) return;
    this.asking ??= this.askOnce();
    await this.asking;
  }

  private async askOnce(): Promise<void> {
    try {
      const fresh = await this.ask();
      if (fresh === null) return;
      this.current = fresh;
      this.askedMs = performance.now();
    } finally {
      this.asking = null;
    }
  }
}

/** Whether an address is that of a TURN server. */
export function isTurn(url: string): boolean {
  return /^turns?:/i.test(url);
}

/** An address of a server with all that may be left out of it, as browsers write it in errors. */
export function normaliseIceUrl(url: string): string {
  const found = /^(\w+):(\[[^\]]*\]|[^:?]*)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url);
  if (found === null) return url;
  const [, scheme = "", host = "", port, transport] = found;
  const isSecure = scheme.toLowerCase().endsWith("s");
  const place = `${scheme.toLowerCase()}:${host}:${port ?? (isSecure ? 5349 : 3478)}`;
  return isTurn(url) ? `${place}?transport=${transport ?? (isSecure ? "tcp" : "udp")}` : place;
}

/** Whether the credentials for an address of a server have expired, by this machine's clock. */
export function isExpired(url: string, servers: readonly RTCIceServer[], nowS: number): boolean {
  const wanted = normaliseIceUrl(url);
  const server = servers.find(({ urls }) => [urls].flat().map(normaliseIceUrl).includes(wanted));
  const expiry = EXPIRY.exec(server?.username ?? "");
  return expiry !== null && Number(expiry[1]) < nowS;
}
