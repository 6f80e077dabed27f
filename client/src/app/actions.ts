import type { GameOptions, InputDelay } from "../shared/messages";
import type { WayOn } from "./problems";
import type { Impairment } from "./state";

/** Everything a player can ask for on the page. Views call these and nothing else. */
export interface Actions {
  createRoom: (options: GameOptions, inputDelay: InputDelay) => void;
  joinRoom: (code: string) => void;
  quickMatch: () => void;
  practise: () => void;
  /** Leave the room, the match or the practice, for the lobby. */
  leave: () => void;
  rematch: () => void;
  /** Follow the button of an error screen. */
  goOn: (way: WayOn) => void;
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
