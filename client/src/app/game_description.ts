/** What `GET /api/game` tells about the game and the server, as they write it. */

import type { PointedBox } from "../input/pointed_box";
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
  /** The same for each player, where their actions are of different kinds. */
  noop_by_player: number[];
  /** Width and height in court pixels. */
  screen: [number, number];
  options: GameOption[];
  /** For each player, which keys, held together, mean which action. */
  keys_by_player: { keys: string[]; action: number }[][];
  /** What the actions are called, by number; empty where they have no names. */
  action_names: string[];
  /** By how much to enlarge what the game draws of itself; null leaves it to the page. */
  zoom: number | null;
  /** Whether nothing happens until somebody acts. */
  waits_for_player: boolean;
  /** How a shape is steered by pointing. */
  pointer: {
    shape: string;
    axis: "x" | "y";
    decrease: number;
    increase: number;
    dead_zone: number;
  } | null;
  /** For each player, how the numbers of his actions follow a pointer. */
  pointed_boxes: (PointedBox | null)[];
  /** Whether players are shown different pictures. */
  draws_by_player: boolean;
  /** A colour for each player, `#rrggbb`; empty where the game names none. */
  player_colours: string[];
  /** Whether there is a computer player to practise against. */
  has_policy: boolean;
}

/** What concerns the keys of one player. */
export interface PlayerKeys {
  bindings: GameDescription["keys_by_player"][number];
  noop: number;
  names: readonly string[];
  box: PointedBox | null;
}

/** Return the keys of a seat. */
export function keysOf(game: GameDescription, seat: number): PlayerKeys {
  return {
    bindings: game.keys_by_player[seat] ?? [],
    noop: game.noop_by_player[seat] ?? game.noop,
    names: game.action_names,
    box: game.pointed_boxes[seat] ?? null,
  };
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
