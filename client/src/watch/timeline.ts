/** What there is to say about places on the time line of a replay. */

import type { ReplayDescription, ReplayMark, ReplaySeat } from "../shared/replay_messages";

/** Write a time as minutes, seconds and tenths. */
export function sayTime(seconds: number): string {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${minutes}:${rest}`;
}

export function sayPosition({ frameRateHz }: ReplayDescription, position: number): string {
  return sayTime(position / frameRateHz);
}

/** The name of a seat; the game's own name for it where that says more. */
export function playerName({ agents }: ReplayDescription, player: number): string {
  const agent = agents[player] ?? "";
  const says = agent === "" || /^player_?\d+$/.test(agent) ? "" : ` (${agent})`;
  return `Player ${player + 1}${says}`;
}

/** Who runs each seat at a position. */
export function seatsAt(replay: ReplayDescription, position: number): (ReplaySeat | null)[] {
  const seats: (ReplaySeat | null)[] = replay.agents.map(() => null);
  for (const seat of replay.seats) {
    if (seat.position <= position && seat.player < seats.length) seats[seat.player] = seat;
  }
  return seats;
}

export function sayController(seat: ReplaySeat | null): string {
  if (seat === null || seat.peer < 0) return "empty";
  return seat.isAgent ? `computer, at peer ${seat.peer}` : `peer ${seat.peer}`;
}

/** Say which game and frame is seen. */
export function sayFrame(replay: ReplayDescription, episode: number, frame: number): string {
  const game = replay.episodes.length > 1 ? `Game ${episode + 1}, frame` : "Frame";
  return `${game} ${frame}`;
}

export type MarkLook = "game" | "change" | "bad" | "good";

/** A place on the time line, in words. */
export interface Place {
  position: number;
  look: MarkLook;
  text: string;
}

function sayCut(replay: ReplayDescription, { player = 0, position }: ReplayMark): string {
  const seat = seatsAt(replay, position)[player] ?? null;
  const name = playerName(replay, player);
  return seat?.isAgent === true ? `The computer plays for ${name}` : `${name} is out of the game`;
}

/** Say a mark; null for what is no news, like the beginning of the only game. */
function placeOf(replay: ReplayDescription, mark: ReplayMark): Place | null {
  const { kind, position } = mark;
  const peer = (mark.peer ?? -1) < 0 ? "a peer" : `peer ${mark.peer}`;
  const place = (look: MarkLook, text: string): Place => ({ position, look, text });
  switch (kind) {
    case "episode":
      return place("game", `Game ${(mark.number ?? 0) + 1} begins`);
    case "cut":
      return place("change", sayCut(replay, mark));
    case "join":
      return place("change", `${playerName(replay, mark.player ?? 0)} joins`);
    case "desync":
      return place("bad", `Desync with ${peer}: the two states differ`);
    case "repair":
      return place("good", "Repaired: all go on with one state");
    case "silence":
      return place("change", `Nothing heard of ${peer}`);
    case "lost":
      return place("change", `Lost ${peer}`);
    case "left":
      return place("change", `Goodbye of ${peer}`);
    case "excluded":
      return place("bad", "The others went on without the writer of this record");
    default:
      return null; // of a newer server
  }
}

/** Everything that is marked, in order of time; `differing` are positions found while watching. */
export function placesOf(replay: ReplayDescription, differing: readonly number[]): Place[] {
  const places = replay.marks.map((mark) => placeOf(replay, mark)).filter((each) => each !== null);
  for (const position of differing) {
    const text = "This computer makes another state of it than was recorded";
    places.push({ position, look: "bad", text });
  }
  return places.sort((one, other) => one.position - other.position);
}

/** What is to be known of the file before one trusts what one sees. */
export function notesOf(replay: ReplayDescription, differing: readonly number[]): string[] {
  const notes = [];
  const first = differing.length === 0 ? null : Math.min(...differing);
  if (first !== null) {
    const when = sayPosition(replay, first);
    notes.push(
      `From ${when} on this computer makes another match of it than was recorded: the game, or what it runs on, is not the same.`,
    );
  }
  if (replay.reason === null) {
    const lost = replay.bytes - replay.soundBytes;
    const rest = lost > 0 ? `; ${lost} bytes at its end are incomplete and left out` : "";
    notes.push(
      `The record has no end: it was torn off by a crash, or saved while the match went on. What there is of it is sound${rest}.`,
    );
  }
  return [...notes, ...replay.hints];
}

/** The mark before or behind a position, for jumping from one to the next; null if there is none. */
export function nextPlace(places: readonly Place[], position: number, step: 1 | -1): Place | null {
  if (step === 1) return places.find((place) => place.position > position) ?? null;
  return places.findLast((place) => place.position < position) ?? null;
}
