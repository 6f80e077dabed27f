/** The page begins here: fetch what the game is, look at the browser, show the lobby, load Python. */

import "./styles/index.css";
import type { Actions } from "./app/actions";
import { App } from "./app/app";
import { toBase64 } from "./app/base64";
import { COARSEST_CLOCK_MS, hasWebRtc, measureClockStepMs, sayClockStep } from "./app/capabilities";
import { fetchServerDescription, type ServerDescription } from "./app/game_description";
import { mountViews } from "./app/mount";
import { readPageFlags } from "./app/page_flags";
import { makeCourtPlaces } from "./app/play_view";
import type { Problem } from "./app/problems";
import { INITIAL_STATE } from "./app/state";
import { Store } from "./app/store";
import { exposeTestingWindow, TestingRecord } from "./app/testing_window";
import { codeOfPath, isWatching, normaliseCode } from "./lobby/join_link";
import { problemView } from "./lobby/problem_view";

/** What this browser lacks, if anything. */
function browserProblem(): Problem | null {
  const stepMs = measureClockStepMs(() => performance.now());
  if (stepMs > COARSEST_CLOCK_MS) return { code: "coarse_clock", detail: sayClockStep(stepMs) };
  return hasWebRtc(window) ? null : { code: "no_webrtc", detail: "" };
}

async function inBase64(asked: Promise<ArrayBuffer | null> | undefined): Promise<string | null> {
  const bytes = (await asked) ?? null;
  return bytes === null ? null : toBase64(bytes);
}

/** Without the server, or a part of the page, there is nothing to show; all that is left is to say so. */
function showNothingBut(
  problem: Problem,
  root: HTMLElement,
  store: Store<typeof INITIAL_STATE>,
): void {
  const reload: Partial<Actions> = { goOn: () => location.reload() };
  const view = problemView(reload as Actions);
  root.replaceChildren(view.root);
  store.subscribe(view.update);
  store.update({ screen: "error", problem });
}

function startApp(
  root: HTMLElement,
  store: Store<typeof INITIAL_STATE>,
  server: ServerDescription,
  record: TestingRecord,
): App {
  const places = makeCourtPlaces();
  const app = new App(store, server, readPageFlags(location.search), places, record);
  mountViews(root, store, server.game, app.actions, places);
  return app;
}

async function start(root: HTMLElement): Promise<void> {
  const store = new Store(INITIAL_STATE);
  const record = new TestingRecord();
  record.watch(window);
  let app: App | null = null;
  exposeTestingWindow(record, {
    state: () => store.state,
    framesDrawn: () => app?.framesDrawn() ?? 0,
    selectedPairs: () => app?.selectedPairs() ?? Promise.resolve([]),
    recording: () => inBase64(app?.ask("dump")),
    replay: () => inBase64(Promise.resolve(app?.replay() ?? null)),
    desyncDump: () => inBase64(app?.ask("desync_dump")),
  });
  let server: ServerDescription;
  try {
    server = await fetchServerDescription();
  } catch {
    showNothingBut({ code: "server_unreachable", detail: "" }, root, store);
    return;
  }
  document.title = server.game.name;
  const { game, privacy } = server;
  store.update({ game, seatColours: game.player_colours, hidesAddresses: privacy === "relay" });
  app = startApp(root, store, server, record);
  app.boot();
  app.step("described");
  const problem = browserProblem();
  const code = normaliseCode(codeOfPath(location.pathname) ?? "");
  if (problem !== null) app.fail(problem);
  else if (code !== "") app.actions.joinRoom(code, isWatching(location.search));
}

/** The page of an address; those that are rarely seen are loaded when they are. */
async function startPage(root: HTMLElement): Promise<void> {
  const page = /^\/(watch|matches)(?:\/|$)/.exec(location.pathname)?.[1];
  if (page === undefined) return start(root);
  try {
    if (page === "watch") await (await import("./watch/watch_page")).startWatching(root);
    else await (await import("./matches/matches_page")).startMatches(root);
  } catch (error) {
    // After an update of the server, say, an open page asks for parts that are gone.
    const problem = { code: "page_incomplete", detail: String(error) } as const;
    showNothingBut(problem, root, new Store(INITIAL_STATE));
  }
}

const root = document.getElementById("app");
if (root !== null) void startPage(root);
