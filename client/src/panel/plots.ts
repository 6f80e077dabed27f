/** Which figures are plotted, in which units, and how they are taken from the statistics. */

import type { StatisticsMessage } from "../shared/messages";

/** A curve; `Row` is what its values are taken from. */
export interface SeriesPlan<Row = StatisticsMessage> {
  label: string;
  colour: string;
  value: (row: Row) => number;
}

export interface PlotPlan<Row = StatisticsMessage> {
  title: string;
  unit: string;
  /** Decimal places of the values in the legend. */
  places: number;
  /** The axis always reaches from the first to the second, and further when values do. */
  range: readonly [number, number];
  /** What it means, in a sentence. */
  hint: string;
  series: readonly SeriesPlan<Row>[];
}

export const BLUE = "#5cc8e8";
export const ORANGE = "#ff8766";

export const PLOTS: readonly PlotPlan[] = [
  {
    title: "Ping",
    unit: "ms",
    places: 0,
    range: [0, 20],
    hint: "Round trip to the other player and back.",
    series: [
      { label: "ping", colour: BLUE, value: (s) => s.rttMs },
      { label: "jitter", colour: ORANGE, value: (s) => s.rttJitterMs },
    ],
  },
  {
    title: "Lag and lead",
    unit: "ms",
    places: 1,
    range: [-5, 5],
    hint: "How far our frames run ahead of the other side's; below zero they lag behind.",
    series: [{ label: "lead", colour: BLUE, value: (s) => s.leadMs }],
  },
  {
    title: "Input buffer",
    unit: "frames",
    places: 0,
    range: [-2, 2],
    hint: "By how many frames the other side's inputs come before they are needed; below zero they are predicted.",
    series: [
      { label: "buffer", colour: BLUE, value: (s) => s.inputBufferFrames },
      { label: "delay", colour: ORANGE, value: (s) => s.inputDelayFrames },
    ],
  },
  {
    title: "Rollback depth",
    unit: "frames",
    places: 0,
    range: [0, 4],
    hint: "How many frames were played again because a prediction was wrong.",
    series: [{ label: "depth", colour: BLUE, value: (s) => s.rollbackDepthFrames }],
  },
  {
    title: "Behind",
    unit: "frames",
    places: 0,
    range: [0, 4],
    hint: "How far the newest complete and the newest confirmed frame are behind the present one.",
    series: [
      { label: "complete", colour: BLUE, value: (s) => Math.max(0, s.frame - s.completeFrame) },
      {
        label: "confirmed",
        colour: ORANGE,
        value: (s) => Math.max(0, s.frame - s.confirmedFrame),
      },
    ],
  },
  {
    title: "Sync",
    unit: "ms",
    places: 1,
    range: [0, 17],
    hint: "From the picture to the game's frame, and the delay that keeps the two from colliding.",
    series: [
      { label: "framesync", colour: ORANGE, value: (s) => s.framesyncMs },
      { label: "synctick", colour: BLUE, value: (s) => s.synctickMs },
    ],
  },
  {
    title: "Rates",
    unit: "Hz",
    places: 1,
    range: [0, 70],
    hint: "Pictures and frames of the game in a second.",
    series: [
      { label: "display", colour: ORANGE, value: (s) => s.displayRateHz },
      { label: "game", colour: BLUE, value: (s) => s.gameRateHz },
    ],
  },
  {
    title: "Traffic",
    unit: "B/s",
    places: 0,
    range: [0, 1000],
    hint: "Bytes a second on all channels.",
    series: [
      { label: "sent", colour: BLUE, value: (s) => s.bytesPerSecondOut },
      { label: "received", colour: ORANGE, value: (s) => s.bytesPerSecondIn },
    ],
  },
];
