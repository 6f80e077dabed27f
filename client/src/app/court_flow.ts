/** Between worker and court: frames and effects come in, actions and animation frames go out. */

import { LocalSeat } from "../input/local_seat";
import { padKind, padLayout } from "../input/pad_layout";
import { shapeKey } from "../input/steering";
import { Court } from "../render/court";
import { cssColour } from "../render/display_list";
import type { Fit } from "../render/fit";
import { Sounds } from "../render/sounds";
import { type FrameMessage, NO_EFFECTS, type ToWorker } from "../shared/messages";
import { type GameDescription, keysOf } from "./game_description";
import { COURT_SCREENS } from "./screens";
import type { AppState } from "./state";
import type { Store } from "./store";
import type { TestingRecord } from "./testing_window";

export interface CourtPlaces {
  /** What the court may fill. */
  courtSpace: HTMLElement;
  /** Where thumbs steer on a phone. */
  pad: HTMLElement;
}

/** What lies over and around the court is placed by style sheets, with these variables. */
function tellLayout(surroundings: HTMLElement | null, fit: Fit): void {
  const { left, top, width, height } = fit;
  for (const [name, value] of Object.entries({ left, top, width, height })) {
    surroundings?.style.setProperty(`--court-${name}`, `${value}px`);
  }
}

export class CourtFlow {
  readonly court: Court;
  private readonly sounds = new Sounds();
  private seat: LocalSeat | null = null;
  private soundsOfDrawing = 0;
  private devices = new AbortController();

  constructor(
    private readonly store: Store<AppState>,
    private readonly game: GameDescription,
    private readonly places: CourtPlaces,
    private readonly post: (message: ToWorker) => void,
    private readonly record: TestingRecord,
    onFailure: (error: unknown) => void,
  ) {
    places.pad.dataset.kind = "none";
    const [width, height] = game.screen;
    this.court = new Court(places.courtSpace, {
      screen: { width, height },
      frameRateHz: game.frame_rate_hz,
      zoom: game.zoom,
      isMirrored: () => store.state.isMirrored,
      onLayout: (fit) => tellLayout(places.courtSpace.parentElement, fit),
      onAnimationFrame: (timeMs, periodMs) => this.tellAnimationFrame(timeMs, periodMs),
      onSound: (name) => this.hear(name),
      onFailure,
    });
    this.sounds.unlockOnFirstGesture(window);
    store.subscribe((state) => this.sounds.setMuted(state.isMuted));
  }

  /** Begin a practice or a match in this seat, or with null to watch: old pictures and held keys are forgotten. */
  begin(localSeat: number | null): void {
    this.end();
    this.devices = new AbortController();
    this.seat = localSeat === null ? null : this.makeSeat(localSeat);
    this.seat?.listen(window, this.court.element, this.places.pad, this.devices.signal);
    void this.court.open();
  }

  /** Stop drawing and listening to the devices. */
  end(): void {
    this.devices.abort();
    this.seat = null;
    this.court.close();
  }

  onFrame(message: FrameMessage): void {
    this.record.addFrame(message);
    this.court.push(message.list, message.timeMs);
    this.record.addEffects(message.episode, message.effects);
    this.sounds.play(message.effects, performance.now() - message.timeMs);
    this.seat?.noteFrame(message.timeMs);
    const rule = this.game.pointer;
    if (rule === null) return;
    this.seat?.follow(this.court.shape(shapeKey(rule, this.store.state.localSeat)));
    if (this.store.state.seatColours.length === 0) this.tellColours(rule);
  }

  /** Something that a drawing wants to be heard; an effect of the game has an id from 0 on. */
  private hear(name: string): void {
    this.soundsOfDrawing += 1;
    const started = [{ id: -this.soundsOfDrawing, name, frame: 0, lateMs: 0 }];
    this.sounds.play({ ...NO_EFFECTS, started }, 0);
  }

  /** Show the seats' names in the colours of the shapes they steer. */
  private tellColours(rule: { shape: string }): void {
    const seats = Array.from({ length: this.game.players }, (_, seat) => seat);
    const colours = seats.map((seat) => this.court.shape(shapeKey(rule, seat))?.rgb ?? null);
    if (colours.includes(null)) return;
    this.store.update({ seatColours: colours.map((rgb) => cssColour(rgb ?? 0)) });
  }

  private tellAnimationFrame(timeMs: number, periodMs: number): void {
    if (COURT_SCREENS.has(this.store.state.screen))
      this.post({ type: "animation", timeMs, periodMs });
  }

  private makeSeat(localSeat: number): LocalSeat {
    const { screen, pointer, frame_rate_hz: frameRateHz } = this.game;
    const [width, height] = screen;
    const { bindings, noop, names, box } = keysOf(this.game, localSeat);
    const layout = pointer === null ? padLayout(bindings, noop, names) : null;
    const { dataset } = this.places.pad;
    dataset.kind = pointer !== null ? "drag" : padKind(layout);
    // Whoever has time to think may as well take the mouse to a button.
    dataset.always = String(this.game.waits_for_player);
    return new LocalSeat({
      seat: localSeat,
      bindings,
      noop,
      pointer: pointer === null ? null : { ...pointer, deadZone: pointer.dead_zone },
      box,
      padLayout: layout,
      screen: { width, height },
      frameRateHz,
      courtBounds: () => this.court.bounds(),
      isMirrored: () => this.store.state.isMirrored,
      inputDelayFrames: () => this.store.state.statistics?.inputDelayFrames ?? 0,
      onAction: (seat, action) => this.post({ type: "action", seat, action }),
    });
  }
}
