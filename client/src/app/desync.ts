/**
 * A desync, as a player is told of it: what was found, what became of it, and in which words.
 *
 * Laws: an episode with a desync is never called clean again, whatever follows; a repair only gives people
 * a game to go on with.
 */

import type { SessionEvent } from "../shared/messages";

type Told<Name extends SessionEvent["name"]> = Extract<SessionEvent, { name: Name }>;

export interface Desync {
  readonly episode: number;
  /** The first frame found to be different. */
  readonly frame: number;
  /** The first difference, ours then theirs; empty until it is known. */
  readonly difference: string;
  readonly repair: "coming" | "made" | "impossible";
  /** From where on the games are one again; -1 before. */
  readonly repairedFrame: number;
  /** Whether our game was replaced by the other's. */
  readonly wasReplaced: boolean;
}

/** A fault in a game comes back; more of them say nothing more. */
const MOST_DESYNCS = 100;

export function addDesync(
  desyncs: readonly Desync[],
  event: Told<"DesyncDetected">,
  episode: number,
): readonly Desync[] {
  const found: Desync = {
    episode,
    frame: event.frame,
    difference: "",
    repair: event.isRepairable ? "coming" : "impossible",
    repairedFrame: -1,
    wasReplaced: false,
  };
  return [...desyncs, found].slice(-MOST_DESYNCS);
}

function changeNewest(
  desyncs: readonly Desync[],
  change: (newest: Desync) => Partial<Desync>,
): readonly Desync[] {
  const newest = desyncs.at(-1);
  return newest === undefined
    ? desyncs
    : [...desyncs.slice(0, -1), { ...newest, ...change(newest) }];
}

export function noteDifference(
  desyncs: readonly Desync[],
  { frame, difference }: Told<"DesyncLocated">,
): readonly Desync[] {
  return changeNewest(desyncs, (newest) => (newest.frame === frame ? { difference } : {}));
}

export function noteRepair(
  desyncs: readonly Desync[],
  { frame, wasReplaced }: Told<"MatchRepaired">,
): readonly Desync[] {
  return changeNewest(desyncs, () => ({ repair: "made", repairedFrame: frame, wasReplaced }));
}

/** No repair will come any more, if none has come. */
export function giveUpRepair(desyncs: readonly Desync[]): readonly Desync[] {
  return changeNewest(desyncs, ({ repair }) =>
    repair === "coming" ? { repair: "impossible" } : {},
  );
}

/** The newest desync of an episode; null while it is clean. */
export function desyncOf(desyncs: readonly Desync[], episode: number): Desync | null {
  return desyncs.findLast((desync) => desync.episode === episode) ?? null;
}

export interface DesyncWords {
  title: string;
  sentence: string;
  /** For whoever made the game; may be empty. */
  smallPrint: string;
}

const NOT_CLEAN = "This game is not clean: its result should not count.";

export function sayDesync(desync: Desync): DesyncWords {
  const smallPrint = desync.difference && `First difference, here ≠ there: ${desync.difference}`;
  const apart = `At frame ${desync.frame} they had calculated two different games.`;
  const title = "The two computers no longer agree";
  switch (desync.repair) {
    case "coming":
      return { title, sentence: `${apart} One of them takes over the other's…`, smallPrint };
    case "impossible": {
      const sentence = `${apart} This cannot be repaired: each side now sees a game of its own. ${NOT_CLEAN}`;
      return { title, sentence, smallPrint };
    }
    case "made": {
      const whose = desync.wasReplaced ? "the other player's" : "yours";
      const sentence = `The two computers no longer agreed from frame ${desync.frame} on; both now go on with ${whose}. ${NOT_CLEAN}`;
      return { title: `Repaired from frame ${desync.repairedFrame}`, sentence, smallPrint };
    }
  }
}

/** The name of the file that is saved: from every player another one. */
export function dumpFileName(room: string | null, desync: Desync | null, seat: number): string {
  const parts = ["peergym-desync", room, desync?.frame, `player${seat + 1}`];
  return `${parts.filter((part) => part !== null && part !== undefined).join("-")}.desync`;
}
