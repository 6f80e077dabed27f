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
  plan: Pick<PlotPlan, "range">,
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

export function sayValue(value: number, plan: Pick<PlotPlan, "places">): string {
  return sayNumber(value.toFixed(plan.places));
}

/** The axis of time: from where to where, and how a time on it is written. */
export interface TimeAxis {
  range: () => [number, number];
  say: (seconds: number) => string;
}

const LAST_SECONDS: TimeAxis = {
  range: () => [-WINDOW_S, 0],
  say: (seconds) => `${sayNumber(seconds)} s`,
};

export function plotSettings<Row>(plan: PlotPlan<Row>, time: TimeAxis): uPlot.Options {
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
      x: { time: false, range: time.range },
      y: { range: (_plot, low, high) => axisRange(plan, low, high) },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        values: (_plot, splits) => splits.map(time.say),
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

/** A plot's title, legend and place. */
export interface PlotFigure {
  root: HTMLElement;
  canvas: HTMLElement;
  /** Where the legend shows a value of each curve. */
  values: readonly HTMLElement[];
}

export interface PlotView {
  root: HTMLElement;
  draw: (history: History) => void;
  /** Take the size that the style sheet gives it. */
  resize: () => void;
}

export function plotFigure<Row>(plan: PlotPlan<Row>, label: string): PlotFigure {
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
    "aria-label": label,
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
  return { root, canvas, values };
}

/** Give a plot the size that the style sheet gives its place. */
export function fitPlot(plot: uPlot, canvas: HTMLElement): void {
  const size = { width: canvas.clientWidth, height: canvas.clientHeight };
  if (size.width === 0 || (size.width === plot.width && size.height === plot.height)) return;
  plot.setSize(size);
}

export function plotView(plan: PlotPlan): PlotView {
  const label = `${plan.title} over the last ${WINDOW_S} seconds`;
  const { root, canvas, values } = plotFigure(plan, label);
  const plot = new uPlot(
    plotSettings(plan, LAST_SECONDS),
    [[], ...plan.series.map(() => [])],
    canvas,
  );
  const draw = (history: History): void => {
    plot.setData(history.columns(plan) as uPlot.AlignedData);
    const latest = history.latest();
    plan.series.forEach((series, index) => {
      const cell = values[index];
      if (cell !== undefined && latest !== null)
        setText(cell, sayValue(series.value(latest), plan));
    });
  };
  return { root, draw, resize: () => fitPlot(plot, canvas) };
}
