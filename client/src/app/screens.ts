/**
 * The screens of the page, and which event leads from one to another.
 *
 * Laws: the table is the only place where the screen changes; an event without an entry for the present
 * screen changes nothing (a late answer of the server, say, finds the player in another screen already).
 */

export type Screen =
  | "loading"
  | "lobby"
  | "practice"
  | "waiting"
  | "connecting"
  | "playing"
  | "interrupted"
  | "ended"
  | "error";

export type ScreenEvent =
  /** The game's description has come; the lobby can be shown. */
  | "described"
  /** The player plays alone against the computer. */
  | "practise"
  /** The server has given us a seat in a room. */
  | "room_entered"
  /** The room is full: its match has been described. */
  | "match_announced"
  | "episode_started"
  /** Nothing is heard of another player. */
  | "interrupted"
  | "resumed"
  | "episode_ended"
  /** No further episode will be played in this match. */
  | "match_over"
  /** The player goes back to the lobby. */
  | "left"
  /** A problem that the player has to be told of. */
  | "failed";

type Row = Partial<Record<ScreenEvent, Screen>>;

const IN_ROOM: Row = { left: "lobby", failed: "error" };
const IN_MATCH: Row = { ...IN_ROOM, match_over: "ended", match_announced: "connecting" };
const IN_EPISODE: Row = { ...IN_MATCH, episode_ended: "ended" };

export const SCREEN_TABLE: Record<Screen, Row> = {
  loading: { described: "lobby", failed: "error" },
  lobby: {
    practise: "practice",
    room_entered: "waiting",
    match_announced: "connecting",
    failed: "error",
  },
  practice: { left: "lobby", failed: "error" },
  waiting: { ...IN_ROOM, match_announced: "connecting" },
  connecting: { ...IN_MATCH, episode_started: "playing" },
  playing: { ...IN_EPISODE, interrupted: "interrupted" },
  interrupted: { ...IN_EPISODE, resumed: "playing", episode_started: "playing" },
  ended: { ...IN_MATCH, episode_started: "playing" },
  error: { left: "lobby", practise: "practice" },
};

export function nextScreen(screen: Screen, event: ScreenEvent): Screen {
  return SCREEN_TABLE[screen][event] ?? screen;
}

/** Screens in which the court is on the page. */
export const COURT_SCREENS: ReadonlySet<Screen> = new Set([
  "practice",
  "waiting",
  "connecting",
  "playing",
  "interrupted",
  "ended",
]);
