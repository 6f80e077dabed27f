/** What is left of a tone that should have begun a moment ago. */

import type { Tone } from "./sound_recipes";

/** A sharp start would click. */
export const ATTACK_S = 0.005;
/** An exponential ramp cannot begin or end at zero. */
export const SILENCE = 0.0001;

/** A tone as it is to be played from now on. */
export interface RemainingTone {
  readonly wave: OscillatorType;
  readonly fromHz: number;
  readonly toHz: number;
  /** Seconds from now. */
  readonly startS: number;
  readonly lengthS: number;
  /** Loudness after the attack. */
  readonly gain: number;
}

/** Loudness of a tone that dies away, `atS` after its beginning. */
function gainAt(tone: Tone, atS: number): number {
  if (atS <= ATTACK_S) return tone.gain;
  const decayed = (atS - ATTACK_S) / Math.max(tone.lengthS - ATTACK_S, ATTACK_S);
  return Math.max(SILENCE, tone.gain * (SILENCE / tone.gain) ** decayed);
}

/**
 * A tone of an effect that happened `lateS` ago: it goes on from where it would be by now, with the pitch and
 * loudness it would have. Null if it would be over.
 */
export function remainingTone(tone: Tone, lateS: number): RemainingTone | null {
  const missedS = Math.max(0, lateS - tone.startS);
  const lengthS = tone.lengthS - missedS;
  if (lengthS <= ATTACK_S) return null;
  return {
    wave: tone.wave,
    fromHz: tone.fromHz + ((tone.toHz - tone.fromHz) * missedS) / tone.lengthS,
    toHz: tone.toHz,
    startS: Math.max(0, tone.startS - lateS),
    lengthS,
    gain: gainAt(tone, missedS),
  };
}
