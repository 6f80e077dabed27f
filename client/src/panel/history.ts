/** The figures of the last seconds, column by column, as a plot wants them. */

import type { StatisticsMessage } from "../shared/messages";
import type { PlotPlan } from "./plots";

/** What the plots show, in seconds. */
export const WINDOW_S = 20;
/** Statistics come about 20 times a second. */
const CAPACITY = WINDOW_S * 25;

export class History {
  private readonly rows: StatisticsMessage[] = [];

  add(statistics: StatisticsMessage): void {
    const last = this.rows.at(-1);
    // Another match counts its frames from the beginning: do not draw a line across.
    if (last !== undefined && statistics.timeMs < last.timeMs) this.rows.length = 0;
    this.rows.push(statistics);
    const oldest = statistics.timeMs - WINDOW_S * 1000;
    while (this.rows.length > CAPACITY || (this.rows[0]?.timeMs ?? oldest) < oldest)
      this.rows.shift();
  }

  clear(): void {
    this.rows.length = 0;
  }

  latest(): StatisticsMessage | null {
    return this.rows.at(-1) ?? null;
  }

  /** Columns of a plot: seconds before now (negative), then each series. */
  columns(plan: PlotPlan): number[][] {
    const now = this.rows.at(-1)?.timeMs ?? 0;
    const times = this.rows.map((row) => (row.timeMs - now) / 1000);
    return [times, ...plan.series.map((series) => this.rows.map(series.value))];
  }
}
