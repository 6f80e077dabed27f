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
}

const NOT_CLEAN = "This game is not clean, so its result should not count.";

export function sayDesync({ frame, repair, repairedFrame, wasReplaced }: Desync): DesyncWords {
  const title = "The two computers no longer agree";
  const apart = `Since frame ${frame} they show two different games`;
  switch (repair) {
    case "coming":
      return { title, sentence: `${apart}. Repairing…` };
    case "impossible":
      return { title, sentence: `${apart}, and this cannot be repaired. ${NOT_CLEAN}` };
    case "made": {
      const whose = wasReplaced ? "the other player's game" : "your game";
      return {
        title: `Repaired from frame ${repairedFrame}`,
        sentence: `The two computers no longer agreed; both go on with ${whose} now. ${NOT_CLEAN}`,
      };
    }
  }
}

/** The same when the game is over. */
export function sayUnclean({ frame, repair, repairedFrame }: Desync): string {
  const repaired = repair === "made" ? ` and were repaired from frame ${repairedFrame}` : "";
  return `The two computers no longer agreed at frame ${frame}${repaired}. ${NOT_CLEAN}`;
}

/** For whoever made the game: where the difference began. Empty while that is not known. */
export function sayDifference({ difference }: Desync): string {
  return difference && `First difference, here and there: ${difference}`;
}

/** The name of the file that is saved: from every player another one. */
export function dumpFileName(room: string | null, desync: Desync | null, seat: number): string {
  const parts = ["peergym-desync", room, desync?.frame, `player${seat + 1}`];
  return `${parts.filter((part) => part !== null && part !== undefined).join("-")}.desync`;
}
