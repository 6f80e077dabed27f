/** The form for a game's options and the input delay. */

import { element, setText } from "../app/dom";
import type { GameOption } from "../app/game_description";
import type { InputDelay } from "../shared/messages";
import type { Absent, RoomRequest } from "../signalling/room";

/** The most frames of input delay the server accepts. */
const MOST_DELAY_FRAMES = 10;

interface OptionsForm {
  root: HTMLElement;
  /** What is chosen. */
  request: () => RoomRequest;
}

interface Choice<Value> {
  root: HTMLElement;
  value: () => Value;
}

/** Show a number with as many places as the option's step has. */
export function sayNumber(value: number, step: number): string {
  const places = (String(step).split(".")[1] ?? "").length;
  return value.toFixed(places);
}

function sliderRow(option: GameOption): Choice<number> {
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

function menuRow(
  id: string,
  label: string,
  choices: readonly (readonly [string, string])[],
  hint: string,
): Choice<string> {
  const options = choices.map(([value, text]) => element("option", { value }, text));
  const select = element("select", { id }, ...options);
  const root = element(
    "div",
    { class: "field" },
    element("div", { class: "field-head" }, element("label", { for: id }, label)),
    select,
    element("p", { class: "hint" }, hint),
  );
  return { root, value: () => select.value };
}

function delayRow(): Choice<string> {
  const choices: [string, string][] = [
    ["auto", "Automatic"],
    ["article", "All of the way, at most 5 frames"],
  ];
  for (let frames = 0; frames <= MOST_DELAY_FRAMES; frames++) {
    choices.push([String(frames), frames === 1 ? "1 frame" : `${frames} frames`]);
  }
  const hint =
    "More delay means fewer corrections of what you see; automatic is right for nearly everybody.";
  return menuRow("input-delay", "Input delay", choices, hint);
}

/** What may become of the seat of somebody who leaves; what is usual for the game comes first. */
export function absentChoices(hasComputer: boolean): [Absent, string][] {
  const agent: [Absent, string][] = hasComputer ? [["agent", "The computer plays on"]] : [];
  return [...agent, ["noop", "The seat is empty"], ["end", "The game ends for everybody"]];
}

const WINDOW: GameOption = {
  name: "prediction-window",
  label: "Frames predicted at most",
  default: 8,
  minimum: 0,
  maximum: 30,
  step: 1,
};
const GRACE: GameOption = {
  name: "grace",
  label: "Seconds a seat is kept",
  default: 60,
  minimum: 5,
  maximum: 300,
  step: 5,
};

export function optionsForm(options: readonly GameOption[], hasComputer: boolean): OptionsForm {
  const rows = options.map((option) => ({ name: option.name, ...sliderRow(option) }));
  const delay = delayRow();
  const absent = menuRow(
    "absent",
    "When somebody leaves",
    absentChoices(hasComputer),
    "Whoever reloads the page or loses the connection is back in the same seat.",
  );
  const [window, grace] = [sliderRow(WINDOW), sliderRow(GRACE)];
  const more = element(
    "details",
    { class: "more" },
    element("summary", {}, "More"),
    element("div", { class: "fields" }, absent.root, grace.root, window.root),
  );
  return {
    root: element("div", { class: "fields" }, ...rows.map((row) => row.root), delay.root, more),
    request: () => ({
      options: Object.fromEntries(rows.map((row) => [row.name, row.value()])),
      input_delay: parseInputDelay(delay.value()),
      prediction_window: window.value(),
      absent: absent.value() as Absent,
      grace_s: grace.value(),
    }),
  };
}
