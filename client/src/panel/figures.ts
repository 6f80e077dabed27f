/** The figures of the panel that are numbers and not curves. */

import { element, setText } from "../app/dom";
import type { StatisticsMessage } from "../shared/messages";

function sayFrames(frames: number): string {
  return frames === 1 ? "1 frame" : `${frames} frames`;
}

const FIGURES: readonly [string, (statistics: StatisticsMessage) => string][] = [
  ["Frame", (s) => String(s.frame)],
  ["Complete", (s) => String(s.completeFrame)],
  ["Confirmed", (s) => String(s.confirmedFrame)],
  ["Delay", (s) => sayFrames(s.inputDelayFrames)],
  ["Rollbacks", (s) => String(s.rollbacks)],
  ["Deepest", (s) => sayFrames(s.maxRollbackDepthFrames)],
  ["Stalls", (s) => String(s.stalls)],
  ["Python", (s) => `${s.tickMs.toFixed(2)} ms`],
];

export interface FiguresView {
  root: HTMLElement;
  show: (statistics: StatisticsMessage) => void;
}

export function figuresView(): FiguresView {
  const cells = FIGURES.map(([label, value]) => {
    const cell = element("dd", {}, "–");
    return { cell, value, root: element("div", {}, element("dt", {}, label), cell) };
  });
  const root = element("dl", { class: "figures" }, ...cells.map((cell) => cell.root));
  const show = (statistics: StatisticsMessage): void => {
    for (const { cell, value } of cells) setText(cell, value(statistics));
  };
  return { root, show };
}
