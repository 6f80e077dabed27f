/** Sliders that worsen the network on purpose, to see what it does. */

import { button, element, setText } from "../app/dom";
import type { Impairment } from "../app/state";

const SLIDERS: readonly {
  field: keyof Impairment;
  label: string;
  unit: string;
  highest: number;
  step: number;
}[] = [
  { field: "delayMs", label: "Delay each way", unit: "ms", highest: 300, step: 5 },
  { field: "jitterMs", label: "Jitter ±", unit: "ms", highest: 100, step: 5 },
  { field: "lossPercent", label: "Loss each way", unit: "%", highest: 30, step: 1 },
];

export interface ImpairmentForm {
  root: HTMLElement;
  show: (impairment: Impairment) => void;
}

export function impairmentForm(onChange: (impairment: Impairment) => void): ImpairmentForm {
  const rows = SLIDERS.map((slider) => {
    const id = `impair-${slider.field}`;
    const input = element("input", {
      id,
      type: "range",
      min: "0",
      max: String(slider.highest),
      step: String(slider.step),
      value: "0",
    });
    const output = element("output", { for: id });
    input.addEventListener("input", () => onChange(read()));
    // Whoever used the mouse wants the arrow keys for the game again; with Tab they stay here.
    input.addEventListener("pointerup", () => input.blur());
    return {
      slider,
      input,
      output,
      root: element(
        "div",
        { class: "slider-row" },
        element("label", { for: id }, slider.label),
        input,
        output,
      ),
    };
  });
  const read = (): Impairment => {
    const values = Object.fromEntries(
      rows.map((row) => [row.slider.field, row.input.valueAsNumber]),
    );
    return values as unknown as Impairment;
  };
  const clear = button("Reset", () => onChange({ delayMs: 0, jitterMs: 0, lossPercent: 0 }), {
    class: "quiet",
  });
  const root = element(
    "fieldset",
    { class: "impairment" },
    element("legend", {}, "Worsen the network"),
    element("div", { class: "sliders" }, ...rows.map((row) => row.root)),
    clear,
  );
  const show = (impairment: Impairment): void => {
    for (const { slider, input, output } of rows) {
      const value = impairment[slider.field];
      if (input.valueAsNumber !== value) input.valueAsNumber = value;
      setText(output, `${value} ${slider.unit}`);
    }
  };
  return { root, show };
}
