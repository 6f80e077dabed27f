/**
 * Paint display lists with Phaser game objects.
 *
 * Shapes are painted in the order of the list. Phaser paints game objects in the order in which they were
 * added, so the pool hands out layers: runs of shapes share one Graphics, each text follows on its own. The
 * objects are kept from frame to frame; a text is rendered again only when it changes.
 */

import type { GameObjects, Scene, Textures } from "phaser";
import { cssColour, type DisplayList, type Shape, type TextAlign } from "./display_list";
import type { Sheets } from "./sheets";

/** Phaser's filters, by number: its own names for them are not there where only types are imported. */
const LINEAR = 0;
const NEAREST = 1;
/** What Phaser calls all of a texture. */
const WHOLE = "__BASE";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
const ORIGIN_X: Record<TextAlign, number> = { left: 0, centre: 0.5, right: 1 };

type Layer =
  | { kind: "graphics"; object: GameObjects.Graphics }
  | { kind: "text"; object: GameObjects.Text; look: string }
  | { kind: "sprite"; object: GameObjects.Image };

export class Painter {
  private readonly layers: Layer[] = [];
  private used = 0;

  /** @param sheets The pictures that sprites are cut out of. */
  constructor(
    private readonly scene: Scene,
    private readonly sheets: Sheets,
  ) {}

  /** Paint a list, magnified by `scale` device pixels for a court pixel. */
  paint(list: DisplayList, scale: number): void {
    this.used = 0;
    let graphics: GameObjects.Graphics | null = this.takeGraphics();
    graphics.fillStyle(list.background, 1);
    graphics.fillRect(0, 0, Math.ceil(list.width * scale), Math.ceil(list.height * scale));
    for (const shape of list.shapes) {
      if (shape.kind === "text") {
        this.paintText(shape, scale);
        graphics = null;
      } else if (shape.kind === "sprite") {
        if (this.paintSprite(shape, scale)) graphics = null;
      } else {
        graphics ??= this.takeGraphics();
        paintShape(graphics, shape, scale);
      }
    }
    for (const layer of this.layers.slice(this.used)) layer.object.setVisible(false);
  }

  private takeGraphics(): GameObjects.Graphics {
    const layer = this.layers[this.used];
    if (layer?.kind === "graphics") {
      this.used += 1;
      return layer.object.clear().setVisible(true);
    }
    this.dropFrom(this.used);
    const object = this.scene.add.graphics();
    this.layers.push({ kind: "graphics", object });
    this.used += 1;
    return object;
  }

  private takeText(): Extract<Layer, { kind: "text" }> {
    const layer = this.layers[this.used];
    this.used += 1;
    if (layer?.kind === "text") {
      layer.object.setVisible(true);
      return layer;
    }
    this.dropFrom(this.used - 1);
    const object = this.scene.add.text(0, 0, "", { fontFamily: FONT, fontStyle: "600" });
    const added = { kind: "text" as const, object, look: "" };
    this.layers.push(added);
    return added;
  }

  private takeImage(): GameObjects.Image {
    const layer = this.layers[this.used];
    this.used += 1;
    if (layer?.kind === "sprite") return layer.object.setVisible(true);
    this.dropFrom(this.used - 1);
    const object = this.scene.add.image(0, 0, "__DEFAULT");
    this.layers.push({ kind: "sprite", object });
    return object;
  }

  /** Returns whether there is a picture to draw it from. */
  private paintSprite(shape: Shape, scale: number): boolean {
    const texture = this.textureOf(shape.source ?? -1);
    if (texture === null) return false;
    const [x = 0, y = 0, width = 0, height = 0, angle = 0] = shape.numbers;
    this.takeImage()
      .setTexture(texture.key, frameOf(texture, shape.part ?? []))
      .setDisplaySize(Math.abs(width) * scale, Math.abs(height) * scale)
      .setFlip(width < 0, height < 0)
      .setPosition(x * scale, y * scale)
      .setRotation(angle)
      .setAlpha(shape.alpha);
    return true;
  }

  private textureOf(number: number): Textures.Texture | null {
    const sheet = this.sheets.get(number);
    if (sheet === null) return null;
    const { textures } = this.scene;
    const key = `sheet ${number}`;
    if (textures.exists(key)) {
      const texture = textures.get(key);
      if (texture.getSourceImage() === sheet.canvas) return texture;
      // Made anew, in another size: what shows the old one must not, while it goes.
      this.dropFrom(this.used);
      textures.remove(key);
    }
    const texture = textures.addCanvas(key, sheet.canvas);
    texture?.setFilter(sheet.isSmooth ? LINEAR : NEAREST);
    return texture;
  }

  /** The list has another structure than the last one: what comes behind has to be added anew. */
  private dropFrom(index: number): void {
    for (const layer of this.layers.splice(index)) layer.object.destroy();
  }

  private paintText(shape: Shape, scale: number): void {
    const [x = 0, y = 0, size = 0] = shape.numbers;
    const layer = this.takeText();
    const fontPixels = Math.max(1, Math.round(size * scale));
    const colour = cssColour(shape.rgb);
    const look = `${fontPixels} ${colour} ${shape.text}`;
    if (look !== layer.look) {
      layer.object.setStyle({
        fontFamily: FONT,
        fontStyle: "600",
        fontSize: `${fontPixels}px`,
        color: colour,
      });
      layer.object.setText(shape.text);
      layer.look = look;
    }
    layer.object.setOrigin(ORIGIN_X[shape.align], 0.5).setAlpha(shape.alpha);
    layer.object.setPosition(Math.round(x * scale), Math.round(y * scale));
  }
}

/** The name of a part of a texture, which is added where it is new. */
function frameOf(texture: Textures.Texture, part: readonly number[]): string {
  const [x = 0, y = 0, width = 0, height = 0] = part;
  // By its name: without one, Phaser takes whichever part was added first.
  if (width === 0) return WHOLE;
  const name = part.join(" ");
  if (!texture.has(name)) texture.add(name, 0, x, y, width, height);
  return name;
}

function paintShape(graphics: GameObjects.Graphics, shape: Shape, scale: number): void {
  const n = shape.numbers;
  const at = (index: number): number => (n[index] ?? 0) * scale;
  graphics.fillStyle(shape.rgb, shape.alpha);
  switch (shape.kind) {
    case "rectangle": {
      // Phaser draws a rounded corner larger than half the side inside out.
      const radius = Math.min(at(4), at(2) / 2, at(3) / 2);
      if (radius > 0) graphics.fillRoundedRect(at(0), at(1), at(2), at(3), radius);
      else graphics.fillRect(at(0), at(1), at(2), at(3));
      break;
    }
    case "circle":
      graphics.fillCircle(at(0), at(1), at(2));
      break;
    case "line":
      graphics.lineStyle(at(4), shape.rgb, shape.alpha);
      graphics.lineBetween(at(0), at(1), at(2), at(3));
      break;
    case "polygon":
      graphics.beginPath();
      graphics.moveTo(at(0), at(1));
      for (let i = 2; i + 1 < n.length; i += 2) graphics.lineTo(at(i), at(i + 1));
      graphics.closePath();
      graphics.fillPath();
      break;
  }
}
