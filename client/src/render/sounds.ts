/** Play the effects of a game with WebAudio. */

import { recipeOf, type Tone } from "./sound_recipes";

/** Loudness of everything together; the recipes are mixed for it. */
const VOLUME = 0.35;
/** An effect that is older than this is not worth a sound: the page was hidden, or the machine stood still. */
const STALE_MS = 250;

export class Sounds {
  private context: AudioContext | null = null;
  private output: GainNode | null = null;
  private muted = false;

  /** Browsers allow sound only after a gesture; this waits for the first one. */
  unlockOnFirstGesture(target: EventTarget): void {
    const unlock = (): void => {
      target.removeEventListener("pointerdown", unlock);
      target.removeEventListener("keydown", unlock);
      this.open();
    };
    target.addEventListener("pointerdown", unlock);
    target.addEventListener("keydown", unlock);
  }

  setMuted(muted: boolean): void {
    if (muted === this.muted) return;
    this.muted = muted;
    if (this.context !== null)
      this.output?.gain.setValueAtTime(muted ? 0 : VOLUME, this.context.currentTime);
  }

  /** Play effects of a frame that was finished `ageMs` ago. */
  play(effects: readonly string[], ageMs: number): void {
    if (this.context === null || this.output === null || this.muted || ageMs > STALE_MS) return;
    for (const effect of effects) {
      for (const tone of recipeOf(effect)) this.start(this.context, this.output, tone);
    }
  }

  private open(): void {
    if (this.context !== null || typeof AudioContext === "undefined") return;
    this.context = new AudioContext();
    this.output = this.context.createGain();
    this.output.gain.value = this.muted ? 0 : VOLUME;
    this.output.connect(this.context.destination);
    void this.context.resume();
  }

  private start(context: AudioContext, output: GainNode, tone: Tone): void {
    const begin = context.currentTime + tone.startS;
    const end = begin + tone.lengthS;
    const oscillator = context.createOscillator();
    const envelope = context.createGain();
    oscillator.type = tone.wave;
    oscillator.frequency.setValueAtTime(tone.fromHz, begin);
    oscillator.frequency.linearRampToValueAtTime(tone.toHz, end);
    // A sharp start would click; an exponential ramp cannot begin or end at zero.
    envelope.gain.setValueAtTime(0.0001, begin);
    envelope.gain.exponentialRampToValueAtTime(tone.gain, begin + 0.005);
    envelope.gain.exponentialRampToValueAtTime(0.0001, end);
    oscillator.connect(envelope).connect(output);
    oscillator.start(begin);
    oscillator.stop(end);
  }
}
