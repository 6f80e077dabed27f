/** Switches in the page's address, for tests and the curious. */

import type { InputChannel } from "../shared/channels";

export interface PageFlags {
  /** `?force-rollback=8`: resimulate so many frames in every tick. */
  forceRollbackFrames: number;
  /** `?hop`: keep the channels in the page and pass their data to the worker. */
  usesHop: boolean;
  /** `?no-snapshot`: start Python without the memory snapshot. */
  skipsSnapshot: boolean;
  /** `?checksums=1`: compare checksums every so many frames in rooms made here; null leaves the default. */
  checksumIntervalFrames: number | null;
  /** `?record`: keep a recording of every call of the session. */
  records: boolean;
  /** `?plant-desync=240`, a testing aid: change the state at this frame in this page alone; 0 is off. */
  plantedDesyncFrame: number;
  /** `?input-channel=ordered`, to compare: what this page sends over channel 0 is never lost, and waits. */
  inputChannel: InputChannel;
}

function wholeNumber(text: string | null, highest: number): number | null {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value > 0 && value <= highest ? value : null;
}

export function readPageFlags(query: string): PageFlags {
  const parameters = new URLSearchParams(query);
  return {
    forceRollbackFrames: wholeNumber(parameters.get("force-rollback"), 60) ?? 0,
    usesHop: parameters.has("hop"),
    skipsSnapshot: parameters.has("no-snapshot"),
    checksumIntervalFrames: wholeNumber(parameters.get("checksums"), 3600),
    records: parameters.has("record"),
    plantedDesyncFrame: wholeNumber(parameters.get("plant-desync"), 1_000_000) ?? 0,
    inputChannel: parameters.get("input-channel") === "ordered" ? "ordered" : "datagram",
  };
}
