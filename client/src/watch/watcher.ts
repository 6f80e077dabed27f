/**
 * Plays a replay on the page: the clock here, the worker that makes pictures, the court that shows them.
 *
 * Theory of operation: the clock says which position is wanted, the worker is asked for it, and the answer is
 * shown. While it plays, one question is under way at a time, so a slow machine plays slower. Whoever moves
 * the slider is not kept waiting: a new wish replaces the one under way.
 */

import { PythonWorker } from "../app/python_worker";
import type { Store } from "../app/store";
import { Court } from "../render/court";
import type { Fit } from "../render/fit";
import { Sounds } from "../render/sounds";
import type { BootManifest, FromWorker } from "../shared/messages";
import type { ReplayDescription, ReplayShownMessage } from "../shared/replay_messages";
import { PlaybackClock } from "./playback_clock";
import type { WatchState } from "./watch_state";

/** Effects of more frames at once would be a noise. */
const MOST_HEARD_FRAMES = 6;

export class Watcher {
  private readonly worker: PythonWorker;
  private readonly sounds = new Sounds();
  private clock = new PlaybackClock(1, 0);
  private court: Court | null = null;
  /** The position that was asked for and is not shown yet; null while none is. */
  private asked: number | null = null;
  private tickedMs = 0;
  private isOver = false;
  /** The picture shown, as it came. */
  shown: ReplayShownMessage | null = null;

  constructor(
    private readonly store: Store<WatchState>,
    private readonly courtSpace: HTMLElement,
    manifest: BootManifest,
  ) {
    this.worker = new PythonWorker(
      (message) => this.onMessage(message),
      (message) => this.fail("Python could not be loaded", message),
    );
    this.worker.post({ type: "boot", manifest, pageTimeOriginMs: performance.timeOrigin });
    this.sounds.unlockOnFirstGesture(window);
    store.subscribe(({ isMuted }) => this.sounds.setMuted(isMuted));
    const tick = (nowMs: number): void => {
      if (this.isOver) return;
      this.tick(nowMs);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** Show a file. Its bytes are handed over. */
  open(bytes: ArrayBuffer): void {
    this.clock.pause();
    this.asked = null;
    this.worker.post({ type: "replay_open", bytes }, [bytes]);
  }

  /** Give the worker up: another replay needs another Python. */
  end(): void {
    this.isOver = true;
    this.worker.end();
    this.court?.close();
    this.court?.element.remove();
  }

  toggle(): void {
    if (this.clock.isPlaying) this.clock.pause();
    else this.clock.play();
    this.tellClock();
  }

  seek(position: number): void {
    const wanted = this.clock.seek(position);
    this.store.update({ wanted, stuck: "" });
    this.ask(wanted, false);
  }

  step(frames: number): void {
    this.clock.pause();
    this.tellClock();
    this.seek(this.clock.position + frames);
  }

  setSpeed(speed: number): void {
    this.clock.speed = speed;
    this.store.update({ speed });
  }

  setPlayer(player: number): void {
    this.store.update({ player });
    this.ask(this.clock.position, false);
  }

  private tick(nowMs: number): void {
    const elapsedMs = nowMs - this.tickedMs;
    this.tickedMs = nowMs;
    const { clock } = this;
    if (!clock.isPlaying) return;
    const shown = this.store.state.position;
    clock.advance(elapsedMs, shown);
    this.tellClock();
    if (this.asked !== null || clock.position === shown) return;
    const isNear = clock.position > shown && clock.position - shown <= MOST_HEARD_FRAMES;
    this.ask(clock.position, isNear && clock.speed === 1);
  }

  private tellClock(): void {
    this.store.update({ isPlaying: this.clock.isPlaying, wanted: this.clock.position });
  }

  private ask(position: number, isHeard: boolean): void {
    this.asked = position;
    const { player } = this.store.state;
    this.worker.post({ type: "replay_show", position, player, isHeard });
  }

  private onMessage(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        this.store.update({ stage: message.stage, fraction: message.fraction });
        break;
      case "replay_opened":
        if (message.replay === null) this.fail("This file cannot be watched", message.problem);
        else this.begin(message.replay);
        break;
      case "replay_shown":
        this.show(message);
        break;
      case "replay_seeking":
        this.store.update({ seeking: message.position });
        break;
      case "replay_stuck":
        this.asked = null;
        this.clock.pause();
        this.tellClock();
        this.store.update({ stuck: message.problem, seeking: null });
        break;
      case "failed": {
        const title = message.during === "boot" ? "Python could not be loaded" : "The game failed";
        this.fail(title, message.message);
        break;
      }
      default:
        break; // what only a match says
    }
  }

  private begin(replay: ReplayDescription): void {
    this.clock = new PlaybackClock(replay.frameRateHz, replay.positions - 1);
    this.clock.speed = this.store.state.speed;
    this.store.update({
      phase: "ready",
      problem: null,
      replay,
      player: replay.player,
      position: 0,
      wanted: 0,
      differing: [],
      stuck: "",
      isPlaying: false,
    });
    const [width, height] = replay.screen;
    this.courtSpace.style.setProperty("--court-aspect", `${width} / ${height}`);
    this.court?.close();
    this.court?.element.remove();
    this.court = this.makeCourt(replay);
    void this.court.open();
    this.ask(0, false);
  }

  private makeCourt({ screen: [width, height], frameRateHz }: ReplayDescription): Court {
    return new Court(this.courtSpace, {
      screen: { width, height },
      frameRateHz,
      isMirrored: () => false,
      onLayout: (fit) => this.tellLayout(fit),
      onAnimationFrame: () => undefined,
      onFailure: (error) => this.fail("The page is not complete", String(error)),
    });
  }

  private tellLayout({ left, top, width, height }: Fit): void {
    const style = this.courtSpace.parentElement?.style;
    for (const [name, value] of Object.entries({ left, top, width, height })) {
      style?.setProperty(`--court-${name}`, `${value}px`);
    }
  }

  private show(message: ReplayShownMessage): void {
    const { position, episode, frame, effects, differing } = message;
    if (position === this.asked) this.asked = null;
    this.shown = message;
    this.court?.push(message.list, performance.now());
    this.sounds.play(effects, 0);
    const known = this.store.state.differing;
    this.store.update({
      position,
      episode,
      frame,
      seeking: null,
      ...(differing.length > 0 ? { differing: [...known, ...differing] } : {}),
    });
  }

  private fail(title: string, sentence: string): void {
    this.clock.pause();
    this.court?.close();
    const problem = { title, sentence: asSentence(sentence), wantsKey: false };
    this.store.update({ phase: "failed", problem, isPlaying: false });
  }
}

/** What Python says begins with "it", for it goes on behind a file's name. */
function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
