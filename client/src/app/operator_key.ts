/**
 * The operator's key: what the server asks for before it shows records of matches.
 *
 * It comes in the address behind `#`, which browsers send to nobody, and is moved from there to where only
 * this tab finds it: an address is shown, copied and kept in the history.
 */

const NAME = "peergym operator key";

let kept: string | null = null;

function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null; // switched off: the key lasts as long as the page
  }
}

/** The key in a part behind `#`; null if there is none. */
export function keyOfHash(hash: string): string | null {
  const key = new URLSearchParams(hash.replace(/^#/, "")).get("key");
  return key === null || key === "" ? null : key;
}

/** Take the key out of the address, or remember the one of before. */
export function operatorKey(): string | null {
  const given = keyOfHash(location.hash);
  if (given !== null) {
    setOperatorKey(given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return kept ?? storage()?.getItem(NAME) ?? null;
}

export function setOperatorKey(key: string): void {
  kept = key;
  try {
    storage()?.setItem(NAME, key);
  } catch {
    // No room: as above.
  }
}

/** What to send along with a question that only the operator may ask. */
export function operatorHeaders(): Record<string, string> {
  const key = operatorKey();
  return key === null ? {} : { authorization: `Bearer ${key}` };
}
