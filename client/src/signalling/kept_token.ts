/**
 * The token of our place in a room, kept for as long as this tab lives: a reloaded page comes back with it.
 *
 * For each room its own, so that whoever left one room for another finds back into either.
 */

const PREFIX = "peergym room ";

/** Without storage (a browser's setting) a reload is a new visitor; all else works. */
function storage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

export function keptToken(code: string): string | null {
  return storage()?.getItem(PREFIX + code) ?? null;
}

export function keepToken(code: string, token: string): void {
  try {
    storage()?.setItem(PREFIX + code, token);
  } catch {
    // Full, or not allowed: as without storage.
  }
}

export function dropToken(code: string): void {
  storage()?.removeItem(PREFIX + code);
}
