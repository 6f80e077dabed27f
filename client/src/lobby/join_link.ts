/** Room codes and the links that contain them. */

/**
 * Bring a typed or pasted code into the form the server uses: capitals without separators. A whole link may
 * be pasted, too.
 */
export function normaliseCode(text: string): string {
  return (codeOfPath(text) ?? text).toUpperCase().replace(/[\s\-_.]/g, "");
}

/** Return the code in a link or path such as `/join/ABCD`; null if there is none. */
export function codeOfPath(path: string): string | null {
  const match = /\/join\/([^/?#]+)/.exec(path);
  if (match?.[1] === undefined) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1];
  }
}

/** Make the link that leads into a room. */
export function joinLink(baseUrl: string, code: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/join/${encodeURIComponent(code)}`;
}

/** The switch in the address that says that we only want to watch. */
const WATCH = "watch";

export function isWatching(query: string): boolean {
  return new URLSearchParams(query).has(WATCH);
}

/** The address of a place in a room, to be found again by a reload; with null that of the lobby. */
export function placeAddress(code: string | null, watches: boolean, query: string): string {
  const rest = query
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "" && part.split("=")[0] !== WATCH);
  if (watches && code !== null) rest.push(WATCH);
  const path = code === null ? "/" : `/join/${encodeURIComponent(code)}`;
  return rest.length === 0 ? path : `${path}?${rest.join("&")}`;
}
