/** The writer's figures over the whole match, from the samples in its record. */

import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { element, setText } from "../app/dom";
import { fitPlot, plotFigure, plotSettings, sayValue } from "../panel/plot_view";
import { BLUE, ORANGE, type PlotPlan } from "../panel/plots";
import type { ReplayDescription, ReplaySample } from "../shared/replay_messages";
import { sayTime } from "./timeline";
import type { WatchActions, WatchState, WatchView } from "./watch_state";

type RecordPlan = PlotPlan<ReplaySample>;

const ROLLBACKS: RecordPlan = {
  title: "Rollbacks",
  unit: "/s",
  places: 0,
  range: [0, 10],
  hint: "How often a prediction was wrong, and how many frames were played again for it, in each second.",
  series: [
    { label: "rollbacks", colour: BLUE, value: (sample) => sample.rollbacks },
    { label: "frames", colour: ORANGE, value: (sample) => sample.rollbackFrames },
  ],
};
const STALLS: RecordPlan = {
  title: "Stalls",
  unit: "/s",
  places: 0,
  range: [0, 5],
  hint: "Ticks in each second in which the game had to wait for inputs.",
  series: [{ label: "stalls", colour: ORANGE, value: (sample) => sample.stalls }],
};
const PEER_COLOURS = [BLUE, ORANGE, "#b6e36b", "#c9a2ff", "#ffd166", "#7ee0c3", "#f49ac1"];

/** Round trips, a curve for each peer that the writer was connected with. */
export function roundTrips(samples: readonly ReplaySample[]): RecordPlan {
  const peers = [...new Set(samples.flatMap(({ rttsMs }) => Object.keys(rttsMs)))];
  peers.sort((one, other) => Number(one) - Number(other));
  return {
    title: "Round trip",
    unit: "ms",
    places: 0,
    range: [0, 20],
    hint: "From the writer of this record to each other player and back.",
    series: peers.slice(0, PEER_COLOURS.length).map((peer, index) => ({
      label: `peer ${peer}`,
      colour: PEER_COLOURS[index] ?? BLUE,
      // A gap where there was no such connection.
      value: (sample) => sample.rttsMs[peer] ?? Number.NaN,
    })),
  };
}

/** Columns for a plot: seconds on the time line, then each curve; a gap where there is no value. */
export function columnsOf(
  plan: RecordPlan,
  samples: readonly ReplaySample[],
  frameRateHz: number,
): (number | null)[][] {
  const times = samples.map(({ position }) => position / frameRateHz);
  const columns = plan.series.map(({ value }) =>
    samples.map((sample) => (Number.isNaN(value(sample)) ? null : value(sample))),
  );
  return [times, ...columns];
}

/** The newest sample up to a position. */
export function sampleAt(samples: readonly ReplaySample[], position: number): ReplaySample | null {
  return samples.findLast((sample) => sample.position <= position) ?? samples[0] ?? null;
}

interface RecordPlot {
  root: HTMLElement;
  resize: () => void;
  show: (seconds: number, sample: ReplaySample | null) => void;
}

function recordPlot(
  plan: RecordPlan,
  replay: ReplayDescription,
  seekTo: (seconds: number) => void,
): RecordPlot {
  const { frameRateHz, positions, samples } = replay;
  const endS = Math.max(1, (positions - 1) / frameRateHz);
  const { root, canvas, values } = plotFigure(plan, `${plan.title} over the whole match`);
  const settings = plotSettings(plan, { range: () => [0, endS], say: sayClock });
  const columns = columnsOf(plan, samples, frameRateHz) as uPlot.AlignedData;
  const plot = new uPlot(settings, columns, canvas);
  const cursor = element("div", { class: "plot-cursor", "aria-hidden": "true" });
  plot.over.append(cursor);
  plot.over.addEventListener("click", (event) => seekTo(plot.posToVal(event.offsetX, "x")));
  const show = (seconds: number, sample: ReplaySample | null): void => {
    cursor.style.transform = `translateX(${plot.valToPos(seconds, "x")}px)`;
    plan.series.forEach((series, index) => {
      const cell = values[index];
      if (cell === undefined || sample === null) return;
      const value = series.value(sample);
      setText(cell, Number.isNaN(value) ? "–" : sayValue(value, plan));
    });
  };
  return { root, resize: () => fitPlot(plot, canvas), show };
}

function sayClock(seconds: number): string {
  return sayTime(seconds).replace(/\.0$/, "");
}

export function recordPlots(actions: WatchActions): WatchView {
  const root = element("div", { class: "plots" });
  let shown: ReplayDescription | null = null;
  let plots: RecordPlot[] = [];
  const seekTo = (seconds: number): void => {
    if (shown !== null) actions.seek(Math.round(seconds * shown.frameRateHz));
  };
  const resize = (): void => {
    for (const plot of plots) plot.resize();
  };
  // Not at once: a plot that changes its size changes what is being observed.
  new ResizeObserver(() => requestAnimationFrame(resize)).observe(root);
  const update = ({ replay, wanted }: Readonly<WatchState>): void => {
    if (replay === null) return;
    if (replay !== shown) {
      shown = replay;
      const plans = [ROLLBACKS, STALLS, roundTrips(replay.samples)];
      plots = plans.map((plan) => recordPlot(plan, replay, seekTo));
      root.replaceChildren(...plots.map((plot) => plot.root));
      resize();
    }
    const sample = sampleAt(replay.samples, wanted);
    for (const plot of plots) plot.show(wanted / replay.frameRateHz, sample);
  };
  return { root, update };
}
