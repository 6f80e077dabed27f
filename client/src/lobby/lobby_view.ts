/** The lobby: create a game, join one, be matched with somebody, or practise. */

import type { Actions } from "../app/actions";
import { button, element, setHidden, setText } from "../app/dom";
import type { GameDescription } from "../app/game_description";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import { normaliseCode } from "./join_link";
import { leftoversView } from "./leftovers_view";
import { optionsForm } from "./options_form";
import { pythonProgress } from "./python_progress";

function createCard(game: GameDescription, actions: Actions): HTMLElement {
  const form = optionsForm(game.options, game.has_policy);
  const submit = element("button", { type: "submit", class: "primary" }, "Create game");
  const root = element(
    "form",
    { class: "card create-card", "aria-labelledby": "create-title" },
    element("h2", { id: "create-title" }, "Create a game"),
    form.root,
    submit,
  );
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.createRoom(form.request());
  });
  return root;
}

function joinCard(actions: Actions): { root: HTMLElement; input: HTMLInputElement } {
  const input = element("input", {
    id: "room-code",
    type: "text",
    class: "code-input",
    placeholder: "Code or link",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    required: "",
    maxlength: "300",
  });
  const root = element(
    "form",
    { class: "card", "aria-labelledby": "join-title" },
    element("h2", { id: "join-title" }, "Join a game"),
    element("label", { for: "room-code" }, "Room code"),
    element("div", { class: "join-row" }, input, element("button", { type: "submit" }, "Join")),
  );
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = normaliseCode(input.value);
    if (code !== "") actions.joinRoom(code, false);
  });
  return { root, input };
}

function offerCard(title: string, text: string, action: HTMLButtonElement): HTMLElement {
  return element(
    "section",
    { class: "card offer-card" },
    element("div", {}, element("h2", {}, title), element("p", { class: "hint" }, text)),
    action,
  );
}

/** @param game The lobby is made when the game is known. */
export function lobbyView(game: GameDescription, actions: Actions): View {
  const join = joinCard(actions);
  const progress = pythonProgress();
  const leftovers = leftoversView(actions);
  const quick = button("Quick match", actions.quickMatch);
  const practise = button("Practise", actions.practise);
  const practiseCard = offerCard("Practice", "Alone against the computer, at once.", practise);
  const status = element("p", { class: "lobby-status", role: "status" });
  const root = element(
    "main",
    { class: "screen lobby", "aria-label": "Lobby" },
    element(
      "header",
      { class: "lobby-head" },
      element("p", { class: "brand" }, "peergym"),
      element("h1", {}, game.name),
      element(
        "p",
        { class: "lede" },
        `${sayPlayers(game.players)}, browser to browser. Send a friend the link and play.`,
      ),
    ),
    element(
      "div",
      { class: "lobby-cards" },
      createCard(game, actions),
      element(
        "div",
        { class: "lobby-side" },
        join.root,
        offerCard("Quick match", "With anybody else who is waiting.", quick),
        practiseCard,
      ),
    ),
    element("footer", { class: "lobby-foot" }, leftovers.root, status, progress.root),
  );
  setHidden(practiseCard, !game.has_policy);
  const buttons = [...root.querySelectorAll<HTMLButtonElement>("button")];
  let shownCode = "";
  const update = (state: Readonly<AppState>): void => {
    progress.update(state);
    leftovers.update(state);
    for (const each of buttons) each.disabled = state.isAsking;
    setText(status, state.isAsking ? "Asking the server…" : "");
    if (state.joinCode !== shownCode) {
      shownCode = state.joinCode;
      join.input.value = shownCode;
    }
  };
  return { root, update };
}

function sayPlayers(players: number): string {
  return (
    ["", "One player", "Two players", "Three players", "Four players"][players] ??
    `${players} players`
  );
}
