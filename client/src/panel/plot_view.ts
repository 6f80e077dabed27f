/** One plot: a title, a legend with the present values, and the curves of the last seconds. */

import uPlot from "uplot";
import { element, setText } from "../app/dom";
import { type History, WINDOW_S } from "./history";
import type { PlotPlan } from "./plots";

/** Until the page is laid out. */
const FIRST_SIZE = { width: 320, height: 112 };
const GRID = "rgba(148, 163, 196, 0.14)";
const LABELS = "#9aa6bd";
const FONT = "11px system-ui, sans-serif";

/** Return the limits of the axis: the plan's, widened to what is measured and a little beyond. */
export function axisRange(
  plan: PlotPlan,
  lowest: number | null,
  highest: number | null,
): [number, number] {
  const [from, to] = plan.range;
  const low = lowest ?? from;
  const high = highest ?? to;
  const margin = 0.08 * (Math.max(high, to) - Math.min(low, from));
  return [low < from ? low - margin : from, high > to ? high + margin : to];
}

/** Write a number with a real minus sign. */
function sayNumber(value: number | string): string {
  return String(value).replace("-", "\u2212");
}

export function sayValue(value: number, plan: PlotPlan): string {
  return sayNumber(value.toFixed(plan.places));
}

function settings(plan: PlotPlan): uPlot.Options {
  const axis = {
    stroke: LABELS,
    font: FONT,
    grid: { stroke: GRID, width: 1 },
    ticks: { show: false },
  };
  return {
    ...FIRST_SIZE,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false, range: [-WINDOW_S, 0] },
      y: { range: (_plot, low, high) => axisRange(plan, low, high) },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        values: (_plot, splits) => splits.map((value) => `${sayNumber(value)} s`),
      },
      {
        ...axis,
        size: 66,
        gap: 4,
        space: 24,
        values: (_plot, splits) => splits.map((value) => `${sayNumber(value)} ${plan.unit}`),
      },
    ],
    series: [
      {},
      ...plan.series.map((series) => ({
        label: series.label,
        stroke: series.colour,
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

export interface PlotView {
  root: HTMLElement;
  draw: (history: History) => void;
  /** Take the size that the style sheet gives it. */
  resize: () => void;
}

export function plotView(plan: PlotPlan): PlotView {
  const values = plan.series.map(() => element("span", { class: "legend-value" }, "–"));
  const legend = plan.series.map((series, index) =>
    element(
      "span",
      { class: "legend-entry" },
      element("span", {
        class: "swatch",
        style: `background:${series.colour}`,
        "aria-hidden": "true",
      }),
      `${series.label} `,
      values[index] ?? null,
    ),
  );
  const canvas = element("div", {
    class: "plot-canvas",
    role: "img",
    "aria-label": `${plan.title} over the last ${WINDOW_S} seconds`,
  });
  const root = element(
    "figure",
    { class: "plot" },
    element(
      "figcaption",
      { title: plan.hint },
      element(
        "span",
        { class: "plot-title" },
        plan.title,
        element("span", { class: "plot-unit" }, plan.unit),
      ),
      element("span", { class: "legend" }, ...legend),
    ),
    canvas,
  );
  const plot = new uPlot(settings(plan), [[], ...plan.series.map(() => [])], canvas);
  const draw = (history: History): void => {
    plot.setData(history.columns(plan) as uPlot.AlignedData);
    const latest = history.latest();
    plan.series.forEach((series, index) => {
      const cell = values[index];
      if (cell !== undefined && latest !== null)
        setText(cell, sayValue(series.value(latest), plan));
    });
  };
  const resize = (): void => {
    const size = { width: canvas.clientWidth, height: canvas.clientHeight };
    if (size.width === 0 || (size.width === plot.width && size.height === plot.height)) return;
    plot.setSize(size);
  };
  return { root, draw, resize };
}
