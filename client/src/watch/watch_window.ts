/**
 * `window.peergym` on the page that watches: what tests may look at, read-only as on the page that plays.
 *
 * - `screen`: `watch-` and the phase; `problem`: the title of what is shown as a problem, or null;
 * - `watching`: where it is (see `WatchState`), without the description of the replay;
 * - `replay`: that description, or null;
 * - `picture`: `{episode, frame, list}` of what is shown, the display list in base64; null before;
 * - `errors`: uncaught errors and rejections of the page.
 */

import { toBase64 } from "../app/base64";
import type { ReplayShownMessage } from "../shared/replay_messages";
import type { WatchState } from "./watch_state";

export interface WatchSources {
  state: () => Readonly<WatchState>;
  shown: () => ReplayShownMessage | null;
}

export function exposeWatching({ state, shown }: WatchSources): void {
  const errors: string[] = [];
  window.addEventListener("error", (event) => errors.push(String(event.error ?? event.message)));
  window.addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
  const readers: Record<string, () => unknown> = {
    screen: () => `watch-${state().phase}`,
    problem: () => state().problem?.title ?? null,
    watching: () => ({ ...state(), replay: null }),
    replay: () => state().replay,
    picture: () => {
      const now = shown();
      if (now === null) return null;
      return { episode: now.episode, frame: now.frame, list: toBase64(now.list) };
    },
    errors: () => errors,
  };
  const mirror = {};
  for (const [name, read] of Object.entries(readers)) {
    Object.defineProperty(mirror, name, { enumerable: true, get: () => structuredClone(read()) });
  }
  Object.defineProperty(window, "peergym", { value: Object.freeze(mirror) });
}
