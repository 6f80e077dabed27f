/**
 * What a record was played with, read from its first chunk (`docs/replay.md`): Python has to be started with
 * that before it can read the rest.
 *
 * Nothing here judges a file: what cannot be read is left to Python, which says why in a sentence.
 */

const MAGIC = "PGRP";
const VERSION_AT = 4;
const HEADER_KIND = 1;
const MOST_HEADER_BYTES = 64 * 1024;
const DIGEST = /^[0-9a-f]{32}$/;

export interface PlayedWith {
  /** Of the zip with package and game. */
  readonly digest: string;
  /** The game inside of it. */
  readonly spec: string;
}

/** A number in groups of seven bits, the lowest first. */
function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return null;
}

export function playedWith(file: ArrayBuffer): PlayedWith | null {
  const bytes = new Uint8Array(file);
  const magic = String.fromCharCode(...bytes.subarray(0, VERSION_AT));
  if (magic !== MAGIC || bytes[VERSION_AT + 1] !== HEADER_KIND) return null;
  const length = readVarint(bytes, VERSION_AT + 2);
  if (length === null || length.value > MOST_HEADER_BYTES) return null;
  try {
    const text = new TextDecoder().decode(bytes.subarray(length.end, length.end + length.value));
    const { digest, spec } = JSON.parse(text).game;
    const isKnown = typeof digest === "string" && DIGEST.test(digest) && typeof spec === "string";
    return isKnown ? { digest, spec } : null;
  } catch {
    return null;
  }
}
