/**
 * The statistics panel. Loaded when it is first opened; from then on it collects figures while it is hidden,
 * too, but draws only while it is seen.
 */

import "uplot/dist/uPlot.min.css";
import type { Actions } from "../app/actions";
import { element } from "../app/dom";
import type { AppState } from "../app/state";
import type { StatisticsMessage } from "../shared/messages";
import { figuresView } from "./figures";
import { History } from "./history";
import { impairmentForm } from "./impairment_form";
import { plotView } from "./plot_view";
import { PLOTS } from "./plots";
import { recordView } from "./record_view";
import { routesView } from "./routes_view";
import { troublesView } from "./troubles_view";

/** Curves are drawn anew this often, in ms: the eye does not follow more, and each plot costs time. */
const DRAW_EVERY_MS = 150;

export interface Panel {
  add: (statistics: StatisticsMessage) => void;
  show: (state: Readonly<AppState>) => void;
}

/** Build the panel inside `slot`. */
export function createPanel(slot: HTMLElement, actions: Actions): Panel {
  const history = new History();
  const figures = figuresView();
  const routes = routesView();
  const record = recordView(actions);
  const troubles = troublesView();
  const impairment = impairmentForm(actions.impair);
  const plots = PLOTS.map(plotView);
  const grid = element("div", { class: "plots" }, ...plots.map((plot) => plot.root));
  const title = element("h2", {}, "Statistics");
  slot.replaceChildren(
    title,
    record.root,
    figures.root,
    routes.root,
    troubles.root,
    impairment.root,
    grid,
  );
  new ResizeObserver(() => {
    for (const plot of plots) plot.resize();
  }).observe(grid);

  let drawnMs = Number.NEGATIVE_INFINITY;
  const add = (statistics: StatisticsMessage): void => {
    history.add(statistics);
    const now = performance.now();
    if (slot.hidden || now - drawnMs < DRAW_EVERY_MS) return;
    drawnMs = now;
    figures.show(statistics);
    routes.draw(statistics);
    for (const plot of plots) plot.draw(history);
  };
  const show = (state: Readonly<AppState>): void => {
    record.show(state);
    routes.show(state);
    troubles.show(state.iceTroubles);
    impairment.show(state.impairment);
  };
  return { add, show };
}
