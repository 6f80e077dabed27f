import { describe, expect, it } from "vitest";
import type { StatisticsMessage } from "../shared/messages";
import { History, WINDOW_S } from "./history";
import { axisRange } from "./plot_view";
import { PLOTS, type PlotPlan } from "./plots";

const PING = PLOTS[0] as PlotPlan;

function statistics(timeMs: number, rttMs: number): StatisticsMessage {
  return { timeMs, rttMs, rttJitterMs: 1 } as StatisticsMessage;
}

describe("the history behind the plots", () => {
  it("gives seconds before now and a column for each curve", () => {
    const history = new History();
    history.add(statistics(1000, 40));
    history.add(statistics(1500, 50));
    expect(history.columns(PING)).toEqual([
      [-0.5, 0],
      [40, 50],
      [1, 1],
    ]);
  });

  it("holds no more than the window, however long it runs", () => {
    const history = new History();
    for (let timeMs = 0; timeMs <= 600_000; timeMs += 50) history.add(statistics(timeMs, 1));
    const [times = []] = history.columns(PING);
    expect(times.length).toBeLessThanOrEqual(WINDOW_S * 25);
    expect(times[0]).toBeGreaterThanOrEqual(-WINDOW_S);
    expect(times.length).toBeGreaterThan(WINDOW_S * 15);
  });

  it("begins anew when time goes back", () => {
    const history = new History();
    history.add(statistics(5000, 1));
    history.add(statistics(10, 2));
    expect(history.columns(PING)[1]).toEqual([2]);
  });
});

describe("the range of an axis", () => {
  it("is the plan's while values are inside, and wider when they are not", () => {
    expect(axisRange(PING, 0, 10)).toEqual([0, 20]);
    const [low, high] = axisRange(PING, 5, 250);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(250);
    expect(axisRange(PING, null, null)).toEqual([0, 20]);
  });
});

it("every plot has a title, a unit and named curves in different colours", () => {
  for (const plan of PLOTS) {
    expect(plan.title && plan.unit).not.toBe("");
    expect(new Set(plan.series.map((series) => series.colour)).size).toBe(plan.series.length);
    expect(plan.series.every((series) => series.label !== "")).toBe(true);
  }
});
