import type { RoomRequest } from "../signalling/room";
import type { WayOn } from "./problems";
import type { Impairment } from "./state";

/** Everything a player can ask for on the page. Views call these and nothing else. */
export interface Actions {
  createRoom: (request: RoomRequest) => void;
  /** Take a seat in a room, or watch. */
  joinRoom: (code: string, watch: boolean) => void;
  quickMatch: () => void;
  practise: () => void;
  /** Leave the room, the match or the practice, for the lobby. */
  leave: () => void;
  /** Say whether the match may begin for all we care. */
  setReady: (isReady: boolean) => void;
  /** As the host: begin with those who are there. */
  start: () => void;
  /** As the host: remove somebody from the room, by the number of the sitting. */
  kick: (sitting: number) => void;
  /** Come back to a match that goes on without us. */
  rejoin: () => void;
  setPeopleOpen: (isOpen: boolean) => void;
  rematch: () => void;
  /** Follow the button of an error screen. */
  goOn: (way: WayOn) => void;
  /** As one who watches: see the court as the player of a seat does. */
  showSeat: (seat: number) => void;
  setMirrored: (isMirrored: boolean) => void;
  setMuted: (isMuted: boolean) => void;
  closeNotice: () => void;
  /** Save the file about the latest desync. */
  saveDesyncDump: () => void;
  /** Save the record of this match as a file. */
  saveReplay: () => void;
  /** Save, or forget, the record of an earlier match. */
  saveLeftover: (key: string) => void;
  forgetLeftover: (key: string) => void;
  setPanelOpen: (isOpen: boolean) => void;
  impair: (impairment: Impairment) => void;
}
