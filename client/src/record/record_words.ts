/** How it stands with the record of the match, in a few words. */

import type { RecordState } from "./live_record";

export function sayRecord(state: RecordState): string {
  switch (state.name) {
    case "none":
    case "recording":
    case "kept":
      return "";
    case "saving":
      return "Saving the replay…";
    case "saved":
      return "Replay saved.";
    case "retrying":
      return `Replay not saved yet, trying again: ${lower(state.reason)}`;
    case "given_up":
      return `Replay not saved yet; it is tried again when you come back: ${lower(state.reason)}`;
    case "refused":
      return `Replay not saved: ${lower(state.reason)}`;
  }
}

/** A sentence that goes on behind a colon. */
function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
