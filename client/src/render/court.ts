/** The court as the rest of the page sees it: frames go in, one picture per animation frame comes out. */

import { type DisplayList, decodeDisplayList, type Shape } from "./display_list";
import { DisplayPeriod } from "./display_period";
import { type Fit, fitCourt, type Size } from "./fit";
import { flatten } from "./flatten";
import { FrameBuffer } from "./interpolation";
import { mirror } from "./mirror";
import { onPixels, ownPicture } from "./own_picture";
import { Sheets } from "./sheets";
import type { Stage } from "./stage";

export interface CourtOptions {
  /** Size of the court in court pixels. */
  screen: Size;
  /** Frames of the game in a second. */
  frameRateHz: number;
  /** By how much to enlarge what the game draws of itself; null fills the space. */
  zoom?: number | null;
  isMirrored: () => boolean;
  /** The court has another place or size in its space. */
  onLayout: (fit: Fit) => void;
  /** Called once per animation frame, with its time and the display's period. */
  onAnimationFrame: (timeMs: number, periodMs: number) => void;
  /** Something that the drawing wants to be heard, by the name of its sound. */
  onSound?: (name: string) => void;
  /** The drawing code could not be loaded. */
  onFailure: (error: unknown) => void;
}

export class Court {
  /** Animation frames in which a picture was painted. */
  framesDrawn = 0;
  private readonly buffer: FrameBuffer;
  private readonly display = new DisplayPeriod();
  private readonly sheets = new Sheets();
  private readonly layers = new Map<number, readonly Shape[]>();
  private heard: ReadonlySet<string> = new Set();
  /** Holds the canvas and nothing else; what lies over it is laid into the space. */
  readonly element: HTMLElement;
  private fit: Fit | null = null;
  /** Court pixels for a pixel of the picture that the game renders; null while there is none. */
  private pixelSize: number | null = null;
  private stage: Stage | null = null;
  private isOpen = false;

  /** @param space What the court may fill. */
  constructor(
    private readonly space: HTMLElement,
    private readonly options: CourtOptions,
  ) {
    this.buffer = new FrameBuffer(1000 / options.frameRateHz);
    this.element = document.createElement("div");
    this.element.className = "court";
    space.prepend(this.element);
    new ResizeObserver(() => this.layOut()).observe(space);
  }

  /** Begin to draw; the drawing code is loaded the first time. */
  async open(): Promise<void> {
    this.isOpen = true;
    try {
      const { createStage } = await import("./stage");
      this.stage ??= createStage(this.element, this.sheets, (timeMs) => this.picture(timeMs));
      this.drawOrRest();
      this.layOut();
    } catch (error) {
      this.options.onFailure(error);
    }
  }

  /** Take a frame of the game, finished at `timeMs` on the page's clock. */
  push(bytes: ArrayBuffer, timeMs: number): void {
    const list = decodeDisplayList(bytes);
    this.sheets.apply(list.patches ?? []);
    for (const { layer, shapes } of list.paints ?? []) this.layers.set(layer, shapes);
    this.hear(list.shapes);
    this.measure(list.shapes);
    this.buffer.push(list, timeMs);
    this.drawOrRest();
  }

  /** A sound is heard when its key appears. */
  private hear(shapes: readonly Shape[]): void {
    const sounds = shapes.filter(({ kind }) => kind === "sound");
    for (const { key, text } of sounds) if (!this.heard.has(key)) this.options.onSound?.(text);
    this.heard = new Set(sounds.map(({ key }) => key));
  }

  /** A picture of the game's own may lie larger on the court than it is. */
  private measure(shapes: readonly Shape[]): void {
    if (typeof this.options.zoom !== "number") return;
    const picture = ownPicture(shapes);
    const pixels = this.sheets.get(picture?.source ?? -1)?.canvas.width ?? 0;
    const pixelSize = pixels > 0 ? (picture?.numbers[2] ?? pixels) / pixels : null;
    if (pixelSize === this.pixelSize) return;
    this.pixelSize = pixelSize;
    this.layOut();
  }

  /** The shape with this key in the newest frame, not mirrored. */
  shape(key: string): Shape | null {
    const list = this.buffer.latest();
    if (list === null) return null;
    return flatten(list, this.layers).shapes.find((shape) => shape.key === key) ?? null;
  }

  /** Where the court lies in the window, in CSS pixels. */
  bounds(): DOMRect {
    const outer = this.space.getBoundingClientRect();
    const fit = this.fit;
    if (fit === null) return outer;
    return new DOMRect(outer.left + fit.left, outer.top + fit.top, fit.width, fit.height);
  }

  displayRateHz(): number {
    return 1000 / this.display.periodMs();
  }

  /** Stop drawing and forget the frames of the last match. */
  close(): void {
    this.isOpen = false;
    this.buffer.clear();
    this.drawOrRest();
  }

  /** Draw only what there is: painting an empty court takes Python the time in which it loads. */
  private drawOrRest(): void {
    this.stage?.setDrawing(this.isOpen && this.buffer.latest() !== null);
  }

  private picture(timeMs: number): DisplayList | null {
    if (!this.display.add(timeMs)) return null;
    const periodMs = this.display.periodMs();
    this.options.onAnimationFrame(timeMs, periodMs);
    const list = this.buffer.sample(timeMs, periodMs);
    if (list === null) return null;
    this.framesDrawn += 1;
    const flat = flatten(list, this.layers);
    const seen = this.options.isMirrored() ? mirror(flat) : flat;
    return typeof this.options.zoom === "number" ? onPixels(seen, this.fit?.scale ?? 1) : seen;
  }

  private layOut(): void {
    const space = { width: this.space.clientWidth, height: this.space.clientHeight };
    if (space.width === 0 || space.height === 0) return;
    const { screen, zoom } = this.options;
    const wanted = typeof zoom === "number" ? { factor: zoom, pixelSize: this.pixelSize } : null;
    const fit = fitCourt(screen, space, window.devicePixelRatio || 1, wanted);
    this.fit = fit;
    this.options.onLayout(fit);
    this.stage?.resize(fit);
  }
}
