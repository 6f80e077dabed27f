/** The table of matches; on a phone each row is a card. */

import { button, element, setHidden, setText } from "../app/dom";
import { iconButton } from "../app/icons";
import { keyForm } from "../app/key_form";
import type { Match } from "./match_list";
import {
  sayAgreement,
  sayDuration,
  sayPlayers,
  sayRecord,
  sayVerification,
  sayWhen,
  type Words,
} from "./match_words";
import type { MatchesState } from "./matches_page";

export interface MatchesActions {
  useKey: (key: string) => void;
  refresh: () => void;
  more: () => void;
  download: (match: Match, peer: number) => void;
}

export interface MatchesView {
  root: HTMLElement;
  update: (state: Readonly<MatchesState>) => void;
}

const COLUMNS = ["When", "Room", "Players", "Length", "Records agree", "Executed again", "Replay"];

export function watchLink({ match_id }: Match, peer: number): string {
  return `/watch/${encodeURIComponent(match_id)}/${peer}`;
}

function verdict({ look, word, detail }: Words): HTMLElement {
  return element(
    "div",
    { class: "verdict" },
    element("span", { class: "badge", "data-look": look }, word),
    detail === "" ? null : element("span", { class: "hint" }, detail),
  );
}

function records(match: Match, actions: MatchesActions): HTMLElement {
  const items = match.records.map((record) => {
    const words = sayRecord(record, match.records.length);
    const watch = element(
      "a",
      { href: watchLink(match, record.peer), title: words, "aria-label": `Watch: ${words}` },
      `Watch ${record.peer}`,
    );
    const save = iconButton("download", `Download: ${words}`, () =>
      actions.download(match, record.peer),
    );
    return element("li", {}, watch, save);
  });
  if (items.length === 0) return element("p", { class: "hint" }, "none handed in");
  return element("ul", { class: "records" }, ...items);
}

function row(match: Match, actions: MatchesActions): HTMLElement {
  const cells: (HTMLElement | string)[] = [
    element(
      "div",
      {},
      element("span", {}, sayWhen(match.started)),
      element("span", { class: "hint" }, match.game),
    ),
    match.room || "–",
    element("div", {}, ...sayPlayers(match.players).map((line) => element("span", {}, line))),
    element(
      "div",
      {},
      element("span", {}, sayDuration(match.duration_s)),
      element("span", { class: "hint" }, `${match.frames.toLocaleString()} frames`),
    ),
    verdict(sayAgreement(match.agreement, match.records.length)),
    verdict(sayVerification(match.verification)),
    records(match, actions),
  ];
  // A phone shows no head: each cell says itself what it is.
  const named = cells.map((cell, index) =>
    element("td", { "data-column": COLUMNS[index] ?? "" }, cell),
  );
  return element("tr", {}, ...named);
}

function emptyCard(): HTMLElement {
  const step = (text: string): HTMLElement => element("li", {}, text);
  return element(
    "section",
    { class: "card matches-empty" },
    element("h2", {}, "No match has been recorded yet"),
    element("p", {}, "Every match between two pages is recorded by itself:"),
    element(
      "ol",
      {},
      step("Open the game's front page, create a game, and send somebody the link."),
      step("Play. Each page keeps its own record while it plays."),
      step("At the end, or when somebody vanishes, the pages hand their records in."),
      step("They are compared bit for bit and executed again; what came of it is seen here."),
    ),
    element("a", { class: "button primary", href: "/" }, "To the game"),
  );
}

function problemCard(actions: MatchesActions): MatchesView {
  const title = element("h2", {});
  const sentence = element("p", { class: "problem-sentence" });
  const key = keyForm(actions.useKey);
  const again = button("Try again", actions.refresh, { class: "primary" });
  const root = element(
    "section",
    { class: "card problem-card", role: "alert" },
    title,
    sentence,
    key,
    again,
  );
  const update = ({ problem }: Readonly<MatchesState>): void => {
    setHidden(root, problem === null);
    if (problem === null) return;
    const isKey = problem === "key";
    setHidden(key, !isKey);
    setHidden(again, isKey);
    if (isKey) {
      setText(title, "The key is missing or wrong");
      setText(
        sentence,
        "Records of matches are for whoever runs this server. Open the link to this page that the server printed when it started, or put its key in here.",
      );
    } else if (problem === "unreachable") {
      setText(title, "The server cannot be reached");
      setText(sentence, "The server does not answer. Is it still running?");
    } else {
      setText(title, "The matches cannot be shown");
      setText(sentence, problem.message);
    }
  };
  return { root, update };
}

export function matchesView(actions: MatchesActions): MatchesView {
  const body = element("tbody", {});
  const head = COLUMNS.map((column) => element("th", { scope: "col" }, column));
  const table = element(
    "table",
    { class: "matches-table" },
    element("thead", {}, element("tr", {}, ...head)),
    body,
  );
  const status = element("p", { class: "hint", role: "status" });
  const empty = emptyCard();
  const problem = problemCard(actions);
  const more = button("Older matches", actions.more);
  const root = element(
    "main",
    { class: "screen matches", "aria-label": "Matches" },
    element(
      "header",
      { class: "matches-head" },
      element("p", { class: "brand" }, "peergym"),
      element("h1", {}, "Matches"),
      status,
    ),
    problem.root,
    empty,
    table,
    more,
  );
  let shown: readonly Match[] | null = null;
  const update = (state: Readonly<MatchesState>): void => {
    const { matches } = state;
    problem.update(state);
    setHidden(empty, state.problem !== null || matches === null || matches.length > 0);
    setHidden(table, matches === null || matches.length === 0);
    setHidden(more, state.next === null);
    setText(status, sayStatus(state));
    if (matches === shown || matches === null) return;
    shown = matches;
    replaceRows(body, matches, actions);
  };
  return { root, update };
}

/** Rows that say the same stay, so that a focus, a selection and a screen reader are left in peace. */
function replaceRows(body: HTMLElement, matches: readonly Match[], actions: MatchesActions): void {
  const before = new Map([...body.children].map((each) => [each.getAttribute("data-says"), each]));
  const rows = matches.map((match) => {
    const says = JSON.stringify(match);
    const kept = before.get(says);
    if (kept !== undefined) return kept;
    const made = row(match, actions);
    made.setAttribute("data-says", says);
    return made;
  });
  const isSame =
    rows.length === body.childElementCount && rows.every((each, i) => each === body.children[i]);
  if (!isSame) body.replaceChildren(...rows);
}

function sayStatus({ matches, isUpdating, problem }: Readonly<MatchesState>): string {
  if (matches === null) return problem === null ? "Asking the server…" : "";
  const count = matches.length === 1 ? "1 match" : `${matches.length} matches`;
  if (matches.length === 0) return "";
  return isUpdating ? `${count}, newest first; kept up to date` : `${count}, newest first`;
}
