/** Everything around the court: bar, seats, court with its overlays, touch pad, and the column beside it. */

import { inputHint } from "../input/input_hint";
import { keyHelpView } from "../input/key_help_view";
import { peopleOverlay } from "../lobby/people_view";
import { waitingView } from "../lobby/waiting_view";
import type { Actions } from "./actions";
import type { CourtPlaces } from "./court_flow";
import { element, setAttribute, setHidden } from "./dom";
import { hud } from "./hud";
import { noticeOverlay } from "./notice";
import { busyOverlay, endedOverlay, interruptedOverlay } from "./overlays";
import { COURT_SCREENS } from "./screens";
import { seatLine } from "./seat_names";
import type { AppState } from "./state";
import type { View } from "./view";
import { viewSwitch } from "./view_switch";

export interface PlayView extends View {
  /** The column for the statistics panel. */
  panelSlot: HTMLElement;
}

/** Make the places that court and devices need, before there are actions to build views with. */
export function makeCourtPlaces(): CourtPlaces {
  return {
    courtSpace: element("div", { class: "court-space" }),
    pad: element("div", { class: "pad", "aria-hidden": "true" }, element("span", {}, "Drag here")),
  };
}

export function playView(actions: Actions, { courtSpace, pad }: CourtPlaces): PlayView {
  const waiting = waitingView(actions);
  let shown: Readonly<AppState> | null = null;
  const help = keyHelpView(() => toggleHelp(false));
  const toggleHelp = (isOpen: boolean): void => {
    help.setOpen(isOpen);
    // Space is to play again, and not to press the button that was just clicked.
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
    if (shown !== null) update(shown);
  };
  const panelSlot = element("aside", { class: "side panel-slot", "aria-label": "Statistics" });
  const views: View[] = [
    hud(actions, {
      setOpen: toggleHelp,
      get isOpen() {
        return help.isOpen;
      },
    }),
    seatLine(viewSwitch(actions)),
    busyOverlay(),
    interruptedOverlay(),
    noticeOverlay(actions),
    inputHint(actions),
    help,
    peopleOverlay(actions),
    endedOverlay(actions),
    waiting,
  ];
  const [bar, seats, ...overlays] = views.slice(0, -1).map((view) => view.root);
  courtSpace.append(...overlays);
  const root = element(
    "main",
    { class: "screen play", "aria-label": "Game" },
    bar ?? null,
    element(
      "div",
      { class: "table" },
      element("div", { class: "court-column" }, seats ?? null, courtSpace, pad),
      waiting.root,
      panelSlot,
    ),
  );
  const update = (state: Readonly<AppState>): void => {
    shown = state;
    const isWaiting = state.screen === "waiting";
    const showsPanel = state.isPanelOpen && !isWaiting;
    setAttribute(root, "data-screen", state.screen);
    setAttribute(root, "data-watching", String(state.isWatching));
    setAttribute(root, "data-side", isWaiting ? "waiting" : showsPanel ? "panel" : "none");
    setHidden(waiting.root, !isWaiting);
    setHidden(panelSlot, !showsPanel);
    if (COURT_SCREENS.has(state.screen)) for (const view of views) view.update(state);
  };
  return { root, update, panelSlot };
}
