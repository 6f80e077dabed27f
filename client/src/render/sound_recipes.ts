/** How each effect of a game sounds: one or more short tones, synthesised, no files. */

export interface Tone {
  wave: OscillatorType;
  /** Pitch at the start and at the end, in Hz. */
  fromHz: number;
  toHz: number;
  /** Seconds after the effect. */
  startS: number;
  lengthS: number;
  /** Peak loudness, 0 to 1. */
  gain: number;
}

function tone(
  wave: OscillatorType,
  fromHz: number,
  toHz: number,
  startS: number,
  lengthS: number,
  gain: number,
): Tone {
  return { wave, fromHz, toHz, startS, lengthS, gain };
}

const RECIPES: Record<string, readonly Tone[]> = {
  hit: [tone("triangle", 520, 440, 0, 0.09, 0.5), tone("sine", 1040, 880, 0, 0.04, 0.2)],
  wall: [tone("triangle", 260, 220, 0, 0.07, 0.4)],
  score: [
    tone("sine", 392, 392, 0, 0.12, 0.4),
    tone("sine", 523, 523, 0.1, 0.12, 0.4),
    tone("sine", 659, 659, 0.2, 0.24, 0.4),
  ],
  countdown: [tone("sine", 660, 660, 0, 0.08, 0.35)],
  go: [tone("sine", 990, 990, 0, 0.2, 0.4)],
  bomb: [tone("triangle", 180, 140, 0, 0.08, 0.45)],
  explosion: [
    tone("sawtooth", 150, 30, 0, 0.3, 0.35),
    tone("square", 70, 25, 0, 0.4, 0.25),
    tone("triangle", 420, 60, 0, 0.12, 0.3),
  ],
  pickup: [tone("sine", 660, 660, 0, 0.06, 0.35), tone("sine", 990, 990, 0.06, 0.1, 0.35)],
  death: [tone("triangle", 520, 110, 0, 0.4, 0.45)],
  win: [
    tone("sine", 523, 523, 0, 0.12, 0.4),
    tone("sine", 659, 659, 0.12, 0.12, 0.4),
    tone("sine", 784, 784, 0.24, 0.12, 0.4),
    tone("sine", 1047, 1047, 0.36, 0.3, 0.4),
  ],
  draw: [tone("sine", 440, 440, 0, 0.15, 0.35), tone("sine", 330, 330, 0.15, 0.3, 0.35)],
};

/** A game of one's own may name its effects freely: what is not known sounds like a soft knock. */
const KNOCK: readonly Tone[] = [tone("triangle", 330, 300, 0, 0.06, 0.3)];

const SYNONYMS: Record<string, string> = {
  tick: "countdown",
  serve: "go",
  start: "go",
  bounce: "wall",
};

export function recipeOf(effect: string): readonly Tone[] {
  return RECIPES[effect] ?? RECIPES[SYNONYMS[effect] ?? ""] ?? KNOCK;
}
