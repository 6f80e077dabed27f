/** Everything that can stand in the way of playing: what is said, and the button that leads on. */

export type ProblemCode =
  | "wrong_code"
  | "room_full"
  | "room_closed"
  | "kicked"
  | "version_mismatch"
  | "rate_limited"
  | "server_full"
  | "bad_token"
  | "request_refused"
  | "server_unreachable"
  | "no_webrtc"
  | "coarse_clock"
  | "python_failed"
  | "page_incomplete"
  | "connection_failed"
  | "games_differ"
  | "game_failed";

export interface Problem {
  code: ProblemCode;
  /** What is known beyond the code: a room code, a message, figures. May be empty. */
  detail: string;
}

/** Where a button leads: to the lobby, to a fresh page, to playing against the computer, to watching. */
export type WayOn = "lobby" | "reload" | "practise" | "watch";

interface Wording {
  title: string;
  sentence: (detail: string) => string;
  button: string;
  wayOn: WayOn;
  /** A second button: its label, and where it leads. */
  other?: readonly [string, WayOn];
  /** Whether the detail is shown in small print below, because the sentence does not contain it. */
  showsDetail?: boolean;
}

const WORDINGS: Record<ProblemCode, Wording> = {
  wrong_code: {
    title: "No such room",
    sentence: (code) =>
      `There is no room with the code ${code || "you entered"}. Check it with the person who sent it.`,
    button: "Enter another code",
    wayOn: "lobby",
  },
  room_full: {
    title: "The room is full",
    sentence: (code) =>
      `All seats of the room${code && ` ${code}`} are taken. You can watch, or create a game of your own.`,
    button: "Watch",
    wayOn: "watch",
    other: ["Go to the lobby", "lobby"],
  },
  room_closed: {
    title: "The room is closed",
    sentence: (code) =>
      `The room${code && ` ${code}`} is closed: its game is over, or everybody has left it.`,
    button: "Go to the lobby",
    wayOn: "lobby",
  },
  kicked: {
    title: "You are out of the room",
    sentence: (code) => `The host has removed you from the room${code && ` ${code}`}.`,
    button: "Go to the lobby",
    wayOn: "lobby",
  },
  version_mismatch: {
    title: "Another version",
    sentence: () => "This page belongs to another version of the game than the server runs now.",
    button: "Reload the page",
    wayOn: "reload",
  },
  rate_limited: {
    title: "One moment, please",
    sentence: () =>
      "The server has had too many requests from here in a short time. Wait a little, then try again.",
    button: "Go to the lobby",
    wayOn: "lobby",
  },
  server_full: {
    title: "The server is full",
    sentence: () =>
      "The server has as many rooms open as it can serve. Try again in a few minutes.",
    button: "Go to the lobby",
    wayOn: "lobby",
  },
  bad_token: {
    title: "Your seat is gone",
    sentence: () =>
      "The server no longer knows your seat in this room; it may have been restarted.",
    button: "Go to the lobby",
    wayOn: "lobby",
  },
  request_refused: {
    title: "The server said no",
    sentence: () => "The server did not accept what this page asked for.",
    button: "Go to the lobby",
    wayOn: "lobby",
    showsDetail: true,
  },
  server_unreachable: {
    title: "The server cannot be reached",
    sentence: () =>
      "No answer came from the server. Check your connection, and whether the server is running.",
    button: "Try again",
    wayOn: "reload",
  },
  no_webrtc: {
    title: "This browser cannot connect players",
    sentence: () =>
      "WebRTC is missing or switched off in this browser, and without it players cannot be connected.",
    button: "Play against the computer",
    wayOn: "practise",
  },
  coarse_clock: {
    title: "This browser's clock is too coarse",
    sentence: (step) =>
      `The clock that this browser shows to pages moves in steps of ${step || "more than 8 ms"}; the game needs steps of 8 ms or less. A setting against fingerprinting is the usual cause: switch it off for this page.`,
    button: "Check again",
    wayOn: "reload",
  },
  python_failed: {
    title: "Python could not be loaded",
    sentence: () => "The game runs in Python, and Python could not be started in this browser.",
    button: "Reload the page",
    wayOn: "reload",
    showsDetail: true,
  },
  page_incomplete: {
    title: "A part of this page is missing",
    sentence: () =>
      "A file of this page could not be loaded. The server may have been updated meanwhile.",
    button: "Reload the page",
    wayOn: "reload",
    showsDetail: true,
  },
  connection_failed: {
    title: "The players could not be connected",
    sentence: () =>
      "No direct connection between the two browsers came about. A firewall between them is the usual cause; another network often helps.",
    button: "Go to the lobby",
    wayOn: "lobby",
    showsDetail: true,
  },
  games_differ: {
    title: "The two pages do not run the same game",
    sentence: () => "The other player's page runs another version of the game. Both should reload.",
    button: "Reload the page",
    wayOn: "reload",
    showsDetail: true,
  },
  game_failed: {
    title: "The game stopped with an error",
    sentence: () => "The game's own code failed and cannot go on.",
    button: "Go to the lobby",
    wayOn: "lobby",
    showsDetail: true,
  },
};

export interface ProblemWords {
  title: string;
  sentence: string;
  smallPrint: string;
  button: string;
  wayOn: WayOn;
  other: readonly [string, WayOn] | null;
}

/** @param hasComputer Whether the game can be played alone. */
export function describeProblem(problem: Problem, hasComputer = true): ProblemWords {
  const wording = WORDINGS[problem.code];
  const words: ProblemWords = {
    title: wording.title,
    sentence: wording.sentence(problem.detail),
    smallPrint: wording.showsDetail ? problem.detail : "",
    button: wording.button,
    wayOn: wording.wayOn,
    other: wording.other ?? null,
  };
  // Without a code there is nothing to watch.
  if (words.wayOn === "watch" && problem.detail === "") {
    return { ...words, button: "Go to the lobby", wayOn: "lobby", other: null };
  }
  if (words.wayOn !== "practise") return words;
  if (!hasComputer) return { ...words, button: "Reload the page", wayOn: "reload" };
  return { ...words, sentence: `${words.sentence} You can still play against the computer.` };
}

/** Error codes of the server that have words of their own; all others are a refused request. */
const SERVER_CODES: ReadonlySet<string> = new Set<ProblemCode>([
  "wrong_code",
  "room_full",
  "room_closed",
  "kicked",
  "version_mismatch",
  "rate_limited",
  "server_full",
  "bad_token",
  "server_unreachable",
]);

/**
 * Turn an error of the server into a problem.
 *
 * @param roomCode The code asked for, shown where the words speak of a room.
 */
export function problemOf(error: { code: string; message: string }, roomCode: string): Problem {
  if (!SERVER_CODES.has(error.code)) return { code: "request_refused", detail: error.message };
  return { code: error.code as ProblemCode, detail: roomCode };
}
