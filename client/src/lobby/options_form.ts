/** The form for a game's options and the input delay. */

import { element, setText } from "../app/dom";
import type { GameOption } from "../app/game_description";
import type { GameOptions, InputDelay } from "../shared/messages";

/** The most frames of input delay the server accepts. */
const MOST_DELAY_FRAMES = 10;

interface OptionsForm {
  root: HTMLElement;
  options: () => GameOptions;
  inputDelay: () => InputDelay;
}

/** Show a number with as many places as the option's step has. */
export function sayNumber(value: number, step: number): string {
  const places = (String(step).split(".")[1] ?? "").length;
  return value.toFixed(places);
}

function sliderRow(option: GameOption): { root: HTMLElement; value: () => number } {
  const id = `option-${option.name}`;
  const input = element("input", {
    id,
    type: "range",
    min: String(option.minimum),
    max: String(option.maximum),
    step: String(option.step),
    value: String(option.default),
  });
  const output = element("output", { for: id });
  const show = (): void => setText(output, sayNumber(input.valueAsNumber, option.step));
  input.addEventListener("input", show);
  show();
  const label = element("label", { for: id }, option.label);
  const root = element(
    "div",
    { class: "field" },
    element("div", { class: "field-head" }, label, output),
    input,
  );
  return { root, value: () => input.valueAsNumber };
}

/** Read the value of the delay menu: a rule's name or a number of frames. */
export function parseInputDelay(value: string): InputDelay {
  return value === "auto" || value === "article" ? value : Number(value);
}

function delayRow(): { root: HTMLElement; value: () => InputDelay } {
  const choices: [string, string][] = [
    ["auto", "Automatic"],
    ["article", "All of the way, at most 5 frames"],
  ];
  for (let frames = 0; frames <= MOST_DELAY_FRAMES; frames++) {
    choices.push([String(frames), frames === 1 ? "1 frame" : `${frames} frames`]);
  }
  const options = choices.map(([value, label]) => element("option", { value }, label));
  const select = element("select", { id: "input-delay" }, ...options);
  const label = element("label", { for: "input-delay" }, "Input delay");
  const hint = element(
    "p",
    { class: "hint" },
    "More delay means fewer corrections of what you see; automatic is right for nearly everybody.",
  );
  const root = element(
    "div",
    { class: "field" },
    element("div", { class: "field-head" }, label),
    select,
    hint,
  );
  return { root, value: () => parseInputDelay(select.value) };
}

export function optionsForm(options: readonly GameOption[]): OptionsForm {
  const rows = options.map((option) => ({ name: option.name, ...sliderRow(option) }));
  const delay = delayRow();
  return {
    root: element("div", { class: "fields" }, ...rows.map((row) => row.root), delay.root),
    options: () => Object.fromEntries(rows.map((row) => [row.name, row.value()])),
    inputDelay: delay.value,
  };
}
