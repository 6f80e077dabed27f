/**
 * Takes this page's own addresses out of what it tells others, where addresses are hidden.
 *
 * A browser with the policy `relay` finds no other candidates, so there is little to take out; this holds it
 * to that. The server does the same once more, for all pages (`peergym/signalling/hidden_addresses.py`).
 */

/** A candidate of type relay. Source: RFC 8839, section 5.1. */
const RELAY_CANDIDATE =
  /^(?:a=)?(candidate:[\w+/]{1,32} \d{1,3} (?:udp|tcp) \d{1,10} ([0-9a-f.:]{2,45}) \d{1,5} typ relay)((?: \S+ \S+)*)$/i;
/** What browsers write behind a candidate and does not say where a peer is. */
const KEPT_EXTENSIONS = new Set(["tcptype", "generation", "ufrag"]);
/** Lines that may name an address and that no data channel needs. */
const ADDRESS_LINE = /^(a=remote-candidates:|a=ssrc:|a=x-|[iuep]=)/;

/** A relay candidate without the address that it was made from; null for any other. */
export function hideInCandidate(text: string): string | null {
  const found = RELAY_CANDIDATE.exec(text.trim());
  if (found === null) return null;
  const [, head = "", address = "", rest = ""] = found;
  const words = [head, `raddr ${address.includes(":") ? "::" : "0.0.0.0"} rport 0`];
  for (const [, name = "", value = ""] of rest.matchAll(/ (\S+) (\S+)/g)) {
    if (KEPT_EXTENSIONS.has(name)) words.push(`${name} ${value}`);
  }
  return words.join(" ");
}

/** A description in which the only addresses are those of relay candidates. */
export function hideInDescription(sdp: string): string {
  const kept = sdp.split(/\r?\n/).map(hideInLine);
  return kept
    .filter((line) => line !== null)
    .map((line) => `${line}\r\n`)
    .join("");
}

function hideInLine(line: string): string | null {
  if (line[1] !== "=" || ADDRESS_LINE.test(line)) return null;
  if (line.startsWith("a=candidate:")) {
    const candidate = hideInCandidate(line);
    return candidate === null ? null : `a=${candidate}`;
  }
  if (/^[co]=/.test(line)) return line.replace(/IN IP[46] \S+/, "IN IP4 0.0.0.0");
  return line
    .replace(/^m=(\w+) \d+ /, "m=$1 9 ")
    .replace(/^a=rtcp:\d+.*$/, "a=rtcp:9 IN IP4 0.0.0.0");
}
