/**
 * The pictures that a page keeps for sprites. They come in pieces, and stay until pieces come over them.
 *
 * A piece that was missed comes again, so a sheet of unknown size is made by whichever piece comes first.
 */

import type { Patch } from "./display_list";

export interface Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly isSmooth: boolean;
}

export class Sheets {
  private readonly sheets = new Map<number, Sheet>();

  /** The picture of this number; null until a piece of it has come. */
  get(number: number): Sheet | null {
    return this.sheets.get(number) ?? null;
  }

  apply(patches: readonly Patch[]): void {
    for (const patch of patches) {
      if (patch.format === "file") void this.decode(patch);
      else this.paint(patch);
    }
  }

  private paint(patch: Patch): void {
    const { canvas } = this.sheetFor(patch, patch.sheetWidth, patch.sheetHeight);
    const pixels = new ImageData(patch.width, patch.height);
    const { data } = pixels;
    if (patch.format === "rgba") data.set(patch.bytes);
    else spread(patch.bytes, data);
    canvas.getContext("2d")?.putImageData(pixels, patch.x, patch.y);
  }

  private async decode(patch: Patch): Promise<void> {
    try {
      const picture = await createImageBitmap(new Blob([patch.bytes]));
      const { canvas } = this.sheetFor(patch, picture.width, picture.height);
      const context = canvas.getContext("2d");
      context?.clearRect(0, 0, picture.width, picture.height);
      context?.drawImage(picture, 0, 0);
      picture.close();
    } catch (error) {
      console.error("a picture of the game cannot be read:", error);
    }
  }

  private sheetFor({ sheet, isSmooth }: Patch, width: number, height: number): Sheet {
    const known = this.sheets.get(sheet);
    const isSame =
      known?.canvas.width === width &&
      known.canvas.height === height &&
      known.isSmooth === isSmooth;
    if (known && isSame) return known;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    if (known) canvas.getContext("2d")?.drawImage(known.canvas, 0, 0);
    const made = { canvas, isSmooth };
    this.sheets.set(sheet, made);
    return made;
  }
}

/** Three bytes a pixel become four. */
function spread(rgb: Uint8Array, rgba: Uint8ClampedArray): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from] ?? 0;
    rgba[to + 1] = rgb[from + 1] ?? 0;
    rgba[to + 2] = rgb[from + 2] ?? 0;
    rgba[to + 3] = 255;
  }
}
