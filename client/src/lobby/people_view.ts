/** Who is in the room: a row for each seat, and how many watch. The host may remove others. */

import type { Actions } from "../app/actions";
import { button, element, setAttribute, setHidden, setText } from "../app/dom";
import { readableColour } from "../app/readable_colour";
import type { AppState } from "../app/state";
import type { View } from "../app/view";
import type { RoomSeat, RoomState } from "../signalling/room";

/** What a row says of whoever sits there, or does not. */
export function saySeat(state: Readonly<AppState>, room: RoomState, seat: number): string {
  const taken = room.seats.find((each) => each.seat === seat);
  if (taken === undefined) {
    if (room.state === "open") return "Free";
    return room.absent === "agent" ? "Free; the computer plays" : "Free";
  }
  if (state.coming.includes(seat)) return "Coming back…";
  if (!taken.connected) return "Away";
  if (room.state === "playing") return taken.peer === null ? "Away" : "Playing";
  if (room.seats_total <= 2 || room.is_quick) return "Here";
  return taken.ready ? "Ready" : "Not ready yet";
}

function nameOf(room: RoomState, seat: number, taken: RoomSeat | undefined): string {
  const marks = [
    ...(taken !== undefined && seat === room.seat ? ["you"] : []),
    ...(taken?.is_host ? ["host"] : []),
  ];
  return `Player ${seat + 1}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
}

export function sayWatchers(room: RoomState): string {
  const count = room.spectators.length;
  const we = room.seat === null ? ", you among them" : "";
  if (count === 0) return "";
  return count === 1 && we !== "" ? "You are watching." : `${count} watching${we}.`;
}

interface Row {
  root: HTMLElement;
  update: (state: Readonly<AppState>, room: RoomState) => void;
}

function seatRow(seat: number, actions: Actions): Row {
  const mark = element("span", { class: "seat-mark", "aria-hidden": "true" });
  const name = element("span", { class: "seat-name" });
  const status = element("span", { class: "seat-status" });
  let sitting = -1;
  const remove = button("Remove", () => actions.kick(sitting), { class: "quiet small" });
  const root = element("li", { class: "seat-row" }, mark, name, status, remove);
  const update = (state: Readonly<AppState>, room: RoomState): void => {
    const taken = room.seats.find((each) => each.seat === seat);
    const isHost = room.seats.some((each) => each.is_host && each.sitting === room.sitting);
    sitting = taken?.sitting ?? -1;
    setText(name, nameOf(room, seat, taken));
    setText(status, saySeat(state, room, seat));
    setAttribute(root, "data-taken", String(taken !== undefined));
    setAttribute(root, "data-ready", String(taken?.ready === true && room.state === "open"));
    setAttribute(root, "data-here", String(taken?.connected === true));
    const colour = state.seatColours[seat];
    if (colour !== undefined) {
      mark.style.setProperty("--seat", colour);
      name.style.color = readableColour(colour);
    }
    setHidden(remove, !isHost || taken === undefined || taken.sitting === room.sitting);
    setAttribute(remove, "aria-label", `Remove player ${seat + 1}`);
  };
  return { root, update };
}

export function peopleView(actions: Actions): View {
  const list = element("ul", { class: "seat-rows", "aria-label": "Players" });
  const watchers = element("p", { class: "hint watchers" });
  const root = element("div", { class: "people" }, list, watchers);
  const rows: Row[] = [];
  const update = (state: Readonly<AppState>): void => {
    const { room } = state;
    if (room === null) return;
    while (rows.length < room.seats_total) {
      const row = seatRow(rows.length, actions);
      rows.push(row);
      list.append(row.root);
    }
    rows.forEach((row, seat) => {
      setHidden(row.root, seat >= room.seats_total);
      row.update(state, room);
    });
    const words = sayWatchers(room);
    setText(watchers, words);
    setHidden(watchers, words === "");
  };
  return { root, update };
}

/** The same over the court, while a match runs. */
export function peopleOverlay(actions: Actions): View {
  const people = peopleView(actions);
  const code = element("p", { class: "hint" });
  const root = element(
    "section",
    { class: "overlay people-overlay", "aria-label": "People in this room" },
    people.root,
    code,
    button("Close", () => actions.setPeopleOpen(false)),
  );
  const update = (state: Readonly<AppState>): void => {
    setHidden(root, !state.isPeopleOpen || state.room === null || state.screen === "waiting");
    setText(
      code,
      `Room ${state.room?.code ?? ""}: whoever has the link can take a free seat or watch.`,
    );
    people.update(state);
  };
  return { root, update };
}
