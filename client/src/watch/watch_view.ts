/** The page that watches: bar, seats, court, controls, and what is beside them; or what is in the way. */

import { element, setAttribute, setHidden, setText } from "../app/dom";
import { icon, iconButton } from "../app/icons";
import { keyForm } from "../app/key_form";
import { sayProgress } from "../lobby/python_progress";
import { playerName, sayController, seatsAt } from "./timeline";
import { transport } from "./transport";
import { watchSide } from "./watch_side";
import type { WatchActions, WatchState, WatchView } from "./watch_state";

function bar(actions: WatchActions): WatchView {
  const title = element("p", { class: "hud-game" });
  const about = element("p", { class: "connection watch-about" });
  const sounds = { on: icon("soundOn"), off: icon("soundOff") };
  let isMuted = false;
  let isPanelOpen = true;
  const sound = iconButton("soundOn", "Mute sound", () => actions.setMuted(!isMuted));
  const panel = iconButton("statistics", "About this match", () =>
    actions.setPanelOpen(!isPanelOpen),
  );
  const save = iconButton("download", "Save replay", actions.save);
  const root = element(
    "header",
    { class: "hud" },
    title,
    about,
    element(
      "div",
      { class: "hud-buttons", role: "toolbar", "aria-label": "View" },
      sound,
      panel,
      save,
    ),
  );
  const update = (state: Readonly<WatchState>): void => {
    ({ isMuted, isPanelOpen } = state);
    setText(title, state.replay?.name ?? "Replay");
    setText(about, state.replay === null ? "" : sayAbout(state.replay));
    const wanted = isMuted ? sounds.off : sounds.on;
    if (sound.firstElementChild !== wanted) sound.replaceChildren(wanted);
    setAttribute(sound, "aria-pressed", String(isMuted));
    setAttribute(panel, "aria-pressed", String(isPanelOpen));
    for (const each of [sound, panel, save]) setHidden(each, state.phase !== "ready");
  };
  return { root, update };
}

/** When it was, and who wrote it down. */
export function sayAbout({ started, peer }: { started: string; peer: number }): string {
  const when = new Date(started);
  const record = `record of peer ${peer}`;
  if (Number.isNaN(when.getTime())) return record;
  return `${when.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}, ${record}`;
}

function seatLine(): WatchView {
  const root = element("div", { class: "seats watch-seats", "aria-label": "Who runs which seat" });
  const update = ({ replay, position, player }: Readonly<WatchState>): void => {
    if (replay === null) return;
    const seats = seatsAt(replay, position);
    while (root.childElementCount < seats.length) root.append(element("span", { class: "seat" }));
    seats.forEach((seat, index) => {
      const label = root.children[index] as HTMLElement;
      setText(label, `${playerName(replay, index)}: ${sayController(seat)}`);
      setAttribute(label, "data-view", String(index === player));
    });
  };
  return { root, update };
}

/** What lies over the court: waiting, seeking, and being stuck. */
function overlay(): WatchView {
  const text = element("p", { role: "status" });
  const root = element("div", { class: "overlay overlay-top" }, text);
  const update = ({ replay, seeking, stuck, wanted }: Readonly<WatchState>): void => {
    let words = stuck;
    if (stuck === "" && seeking !== null && replay !== null) {
      const percent = wanted === 0 ? 100 : Math.floor((100 * Math.max(0, seeking)) / wanted);
      words = `Playing on to there… ${Math.min(99, percent)} %`;
    }
    root.classList.toggle("is-bad", stuck !== "");
    setHidden(root, words === "");
    setText(text, words);
  };
  return { root, update };
}

function loadingView(): WatchView {
  const text = element("p", { role: "status" });
  const root = element(
    "div",
    { class: "first-screen watch-card-place" },
    element("div", { class: "spinner", "aria-hidden": "true" }),
    text,
  );
  const update = ({ phase, stage, fraction }: Readonly<WatchState>): void => {
    setHidden(root, phase !== "loading");
    const isRecord = stage === "record" || stage === null;
    const python = { stage: isRecord ? null : stage, fraction, isReady: false, failure: null };
    const words = isRecord ? "Fetching the replay…" : `${sayProgress(python)}…`;
    setText(text, isRecord ? words : `${words} ${Math.round(fraction * 100)} %`);
  };
  return { root, update };
}

function fileCard(actions: WatchActions): HTMLElement {
  const input = element("input", {
    type: "file",
    id: "replay-file",
    accept: ".pgr",
    class: "file-input",
  });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file !== undefined) actions.openFile(file);
    input.value = "";
  });
  return element(
    "div",
    { class: "file-choice" },
    element("label", { for: "replay-file", class: "button primary" }, "Choose a file", input),
    element(
      "p",
      { class: "hint" },
      "Or drop one anywhere on this page. It stays on this computer.",
    ),
  );
}

/** A file to choose, or a problem, with what helps against it. */
function cardView(actions: WatchActions): WatchView {
  const title = element("h1", {});
  const sentence = element("p", { class: "problem-sentence" });
  const key = keyForm(actions.useKey);
  const file = fileCard(actions);
  const card = element("div", { class: "card problem-card" }, title, sentence, key, file);
  const root = element("div", { class: "problem watch-card-place" }, card);
  const update = ({ phase, problem }: Readonly<WatchState>): void => {
    setHidden(root, phase !== "failed" && phase !== "choosing");
    setText(title, problem?.title ?? "Watch a replay");
    const first =
      "A replay is a file whose name ends in .pgr: from “Save replay” after a match, or from the list of matches.";
    setText(sentence, problem?.sentence ?? first);
    setHidden(key, problem?.wantsKey !== true);
    setHidden(file, problem?.wantsKey === true);
    if (problem === null) card.removeAttribute("role");
    else setAttribute(card, "role", "alert");
  };
  return { root, update };
}

/** @param courtSpace Where the court will be. */
export function watchView(actions: WatchActions, courtSpace: HTMLElement): WatchView {
  const head = bar(actions);
  const seats = seatLine();
  const over = overlay();
  const controls = transport(actions);
  const side = watchSide(actions);
  const loading = loadingView();
  const card = cardView(actions);
  courtSpace.append(over.root);
  const table = element(
    "div",
    { class: "table" },
    element("div", { class: "court-column" }, seats.root, courtSpace, controls.root),
    side.root,
  );
  const root = element(
    "main",
    { class: "screen play watch", "aria-label": "Replay" },
    head.root,
    loading.root,
    card.root,
    table,
  );
  const update = (state: Readonly<WatchState>): void => {
    setAttribute(root, "data-phase", state.phase);
    setHidden(table, state.phase !== "ready");
    for (const each of [head, loading, card]) each.update(state);
    if (state.phase === "ready") {
      for (const each of [seats, over, controls, side]) each.update(state);
    }
  };
  return { root, update };
}
