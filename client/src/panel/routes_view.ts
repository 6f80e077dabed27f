/** By which way each player is reached, why, and how good that way is. */

import { element, setText } from "../app/dom";
import { peerName } from "../app/seat_names";
import type { AppState } from "../app/state";
import type { PeerStatistics, StatisticsMessage } from "../shared/messages";

const WAYS = ["no way", "directly", "through the relay"] as const;

export interface RoutesView {
  root: HTMLElement;
  show: (state: Readonly<AppState>) => void;
  draw: (statistics: StatisticsMessage) => void;
}

/** In one line how good a route is. */
export function sayQuality(peer: PeerStatistics): string {
  const loss = Math.max(peer.lossInPercent, peer.lossOutPercent);
  const figures = [`${peer.rttMs.toFixed(0)} ms`, `±${peer.rttJitterMs.toFixed(0)}`];
  if (loss >= 1) figures.push(`${loss.toFixed(0)} % lost`);
  if (peer.silentMs >= 500) figures.push(`silent for ${(peer.silentMs / 1000).toFixed(1)} s`);
  return figures.join(", ");
}

export function routesView(): RoutesView {
  const root = element("ul", { class: "routes" });
  let reasons: Readonly<Record<number, string>> = {};
  let name = (_peer: number): string => "";
  const rows = new Map<number, HTMLElement>();
  return {
    root,
    show: (state) => {
      reasons = state.routeReasons;
      name = (peer) => peerName(state, peer);
    },
    draw: ({ peers }) => {
      for (const [peer, row] of rows) {
        if (!peers.some((each) => each.peer === peer)) {
          row.remove();
          rows.delete(peer);
        }
      }
      for (const peer of peers) {
        let row = rows.get(peer.peer);
        if (row === undefined) {
          row = element("li", {});
          rows.set(peer.peer, row);
          root.append(row);
        }
        const reason = reasons[peer.peer];
        const why = reason === undefined ? "" : ` — ${reason}`;
        const way = WAYS[peer.route] ?? WAYS[0];
        setText(row, `${name(peer.peer)}: ${way} (${sayQuality(peer)})${why}`);
      }
    },
  };
}
