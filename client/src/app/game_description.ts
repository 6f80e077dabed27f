/** What `GET /api/game` tells about the game and the server, as they write it. */

import type { SnapshotManifest } from "../shared/messages";

export interface GameOption {
  name: string;
  label: string;
  default: number;
  minimum: number;
  maximum: number;
  step: number;
}

/** `peergym.envs.description.GameDescription` in JSON. */
export interface GameDescription {
  name: string;
  players: number;
  frame_rate_hz: number;
  noop: number;
  /** Width and height in court pixels. */
  screen: [number, number];
  options: GameOption[];
  /** Keys that, held together, mean an action. */
  keys: { keys: string[]; action: number }[];
  pointer: {
    shape: string;
    axis: "x" | "y";
    decrease: number;
    increase: number;
    dead_zone: number;
  } | null;
  /** Whether there is a computer player to practise against. */
  has_policy: boolean;
}

export interface ServerDescription {
  game: GameDescription;
  runtime: {
    zip_url: string;
    digest: string;
    package_digest: string;
    spec: string;
    /** Null when there is none that fits. */
    snapshot: SnapshotManifest | null;
    /** What browsers run; the address is of a folder and may be relative. */
    pyodide: { url: string; version: string; python: string } | null;
    packages: { name: string; file_name: string; sha256: string; imports: string[] }[];
  };
  version: string;
  /** `relay`: no player learns the address of another. */
  privacy: "open" | "relay";
  links: { base_urls: string[] };
}

export class ServerUnreachableError extends Error {}

/**
 * Fetch the description of game and server.
 *
 * @throws {ServerUnreachableError} No answer, or none that can be read.
 */
export async function fetchServerDescription(): Promise<ServerDescription> {
  try {
    const response = await fetch("/api/game", { cache: "no-store" });
    if (!response.ok) throw new ServerUnreachableError(`the server answered ${response.status}`);
    return (await response.json()) as ServerDescription;
  } catch (error) {
    if (error instanceof ServerUnreachableError) throw error;
    throw new ServerUnreachableError(String(error));
  }
}
