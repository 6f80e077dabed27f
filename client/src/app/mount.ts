/** Put the views on the page and show the one of the present screen. */

import { lobbyView } from "../lobby/lobby_view";
import { problemView } from "../lobby/problem_view";
import type { Panel } from "../panel/panel_view";
import type { Actions } from "./actions";
import type { CourtPlaces } from "./court_flow";
import { setHidden } from "./dom";
import type { GameDescription } from "./game_description";
import { playView } from "./play_view";
import { COURT_SCREENS, type Screen } from "./screens";
import type { AppState } from "./state";
import type { Store } from "./store";
import type { View } from "./view";
import { listenForViewKey } from "./view_switch";

/** Key that opens and closes the statistics; one that no text field and hardly a game wants. */
const PANEL_KEY = "F2";

/** Load the statistics panel when it is first opened, and keep it supplied. */
function supplyPanel(store: Store<AppState>, slot: HTMLElement, actions: Actions): void {
  let panel: Panel | null = null;
  let isLoading = false;
  let shown: AppState["statistics"] = null;
  store.subscribe((state) => {
    if (state.isPanelOpen && !isLoading) {
      isLoading = true;
      void import("../panel/panel_view").then(({ createPanel }) => {
        panel = createPanel(slot, actions);
        panel.show(store.state);
      });
    }
    if (state.statistics !== null && state.statistics !== shown) panel?.add(state.statistics);
    shown = state.statistics;
    panel?.show(state);
  });
}

function screenOf(screen: Screen): "lobby" | "play" | "problem" | "loading" {
  if (COURT_SCREENS.has(screen)) return "play";
  if (screen === "error") return "problem";
  return screen === "lobby" ? "lobby" : "loading";
}

function listenForPanelKey(store: Store<AppState>, actions: Actions): void {
  window.addEventListener("keydown", (event) => {
    if (event.key !== PANEL_KEY || !COURT_SCREENS.has(store.state.screen)) return;
    event.preventDefault();
    actions.setPanelOpen(!store.state.isPanelOpen);
  });
}

/** The focus would be lost with the screen that is hidden; it goes to the new one. */
function moveFocus(view: View): void {
  if (document.activeElement === document.body || document.activeElement === null) {
    view.root.tabIndex = -1;
    view.root.focus({ preventScroll: true });
  }
}

export function mountViews(
  root: HTMLElement,
  store: Store<AppState>,
  game: GameDescription,
  actions: Actions,
  places: CourtPlaces,
): void {
  const play = playView(actions, places);
  const views = { lobby: lobbyView(game, actions), play, problem: problemView(actions) };
  root.replaceChildren(views.lobby.root, views.play.root, views.problem.root);
  root.style.setProperty("--court-aspect", `${game.screen[0]} / ${game.screen[1]}`);
  let shown = "";
  store.subscribe((state) => {
    const wanted = screenOf(state.screen);
    for (const [name, view] of Object.entries(views)) {
      setHidden(view.root, name !== wanted);
      view.update(state);
    }
    if (wanted !== shown && wanted !== "loading") moveFocus(views[wanted]);
    shown = wanted;
  });
  supplyPanel(store, play.panelSlot, actions);
  listenForPanelKey(store, actions);
  listenForViewKey(() => store.state, actions);
}
