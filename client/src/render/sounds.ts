/** Play the effects of a game with WebAudio, and break off those that never happened. */

import type { EffectNews } from "../shared/messages";
import { ATTACK_S, type RemainingTone, remainingTone, SILENCE } from "./late_tone";
import { recipeOf } from "./sound_recipes";

/** Loudness of everything together; the recipes are mixed for it. */
const VOLUME = 0.35;
/** An effect that is older than this is not worth a sound: the page was hidden, or the machine stood still. */
const STALE_MS = 250;
/** Time constant of breaking off: short enough to be silence at once, long enough not to click. */
const FADE_S = 0.01;
const FADED_AFTER_S = 5 * FADE_S;

/** An effect that sounds. */
interface Voice {
  readonly fader: GainNode;
  readonly oscillators: Set<OscillatorNode>;
}

function openAudio(): AudioContext | null {
  return typeof AudioContext === "undefined" ? null : new AudioContext();
}

export class Sounds {
  private context: AudioContext | null = null;
  private output: GainNode | null = null;
  private muted = false;
  /** What sounds and may be broken off, by the effect's id. */
  private readonly voices = new Map<number, Voice>();

  constructor(private readonly openContext: () => AudioContext | null = openAudio) {}

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

  /** Play the effects of a frame that was finished `ageMs` ago. */
  play({ started, stopped, confirmed }: EffectNews, ageMs: number): void {
    for (const id of stopped) this.stop(id);
    if (this.muted) return;
    for (const { id, name, lateMs } of started) {
      if (ageMs + lateMs <= STALE_MS) this.start(name, lateMs / 1000, id);
    }
    // What has become certain is news, however long ago it happened.
    if (ageMs <= STALE_MS) for (const { name } of confirmed) this.start(name, 0, null);
  }

  private open(): void {
    if (this.context !== null) return;
    this.context = this.openContext();
    if (this.context === null) return;
    this.output = this.context.createGain();
    this.output.gain.value = this.muted ? 0 : VOLUME;
    this.output.connect(this.context.destination);
    void this.context.resume();
  }

  private start(name: string, lateS: number, id: number | null): void {
    const { context, output } = this;
    if (context === null || output === null) return;
    const tones = recipeOf(name).map((tone) => remainingTone(tone, lateS));
    const remaining = tones.filter((tone) => tone !== null);
    if (remaining.length === 0) return;
    const fader = context.createGain();
    fader.connect(output);
    const voice: Voice = { fader, oscillators: new Set() };
    if (id !== null) this.voices.set(id, voice);
    for (const tone of remaining) this.sound(context, tone, voice, id);
  }

  private sound(context: AudioContext, tone: RemainingTone, voice: Voice, id: number | null): void {
    const begin = context.currentTime + tone.startS;
    const end = begin + tone.lengthS;
    const oscillator = context.createOscillator();
    const envelope = context.createGain();
    oscillator.type = tone.wave;
    oscillator.frequency.setValueAtTime(tone.fromHz, begin);
    oscillator.frequency.linearRampToValueAtTime(tone.toHz, end);
    envelope.gain.setValueAtTime(SILENCE, begin);
    envelope.gain.exponentialRampToValueAtTime(tone.gain, begin + ATTACK_S);
    envelope.gain.exponentialRampToValueAtTime(SILENCE, end);
    oscillator.connect(envelope).connect(voice.fader);
    voice.oscillators.add(oscillator);
    oscillator.onended = () => {
      voice.oscillators.delete(oscillator);
      if (voice.oscillators.size > 0) return;
      voice.fader.disconnect();
      // Another match counts its effects from 1 again.
      if (id !== null && this.voices.get(id) === voice) this.voices.delete(id);
    };
    oscillator.start(begin);
    oscillator.stop(end);
  }

  private stop(id: number): void {
    const voice = this.voices.get(id);
    if (voice === undefined || this.context === null) return;
    const now = this.context.currentTime;
    voice.fader.gain.setTargetAtTime(0, now, FADE_S);
    for (const oscillator of voice.oscillators) oscillator.stop(now + FADED_AFTER_S);
  }
}
