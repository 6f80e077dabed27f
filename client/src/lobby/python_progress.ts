/** How far the loading of Python has come. */

import { element, setAttribute, setHidden, setText } from "../app/dom";
import type { AppState, PythonState } from "../app/state";
import type { View } from "../app/view";
import type { BootStage } from "../shared/messages";

const STAGES: Record<BootStage, string> = {
  download: "Fetching Python",
  start: "Starting Python",
  import: "Loading the game",
  warm_up: "Warming up",
};

export function sayProgress(python: PythonState): string {
  if (python.failure !== null) return "Python could not be loaded";
  if (python.isReady) return "Python is ready";
  if (python.stage === null) return "Fetching Python";
  return STAGES[python.stage];
}

export function pythonProgress(): View {
  const text = element("span", { class: "progress-text" });
  const share = element("span", { class: "progress-share" });
  const fill = element("div", { class: "progress-fill" });
  const bar = element(
    "div",
    {
      class: "progress-bar",
      role: "progressbar",
      "aria-label": "Loading of Python",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    fill,
  );
  const root = element(
    "div",
    { class: "python-progress" },
    element("div", { class: "progress-head" }, text, share),
    bar,
  );
  const update = ({ python }: Readonly<AppState>): void => {
    const percent = python.isReady ? 100 : Math.round(python.fraction * 100);
    setText(text, sayProgress(python));
    setText(share, python.isReady ? "" : `${percent} %`);
    setAttribute(bar, "aria-valuenow", String(percent));
    fill.style.transform = `scaleX(${percent / 100})`;
    root.classList.toggle("is-ready", python.isReady);
    root.classList.toggle("is-failed", python.failure !== null);
    setHidden(share, python.isReady);
  };
  return { root, update };
}
