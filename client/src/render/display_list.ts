/**
 * Decode the display list that a game draws onto its `Surface` in Python.
 *
 * The list is little-endian: a header (version, size of the court, background, number of shapes), then for
 * each shape its kind, key, colour and parameters. Coordinates are court pixels, y grows downwards. The
 * bytes come from our own worker, so a malformed list is a fault of ours and throws.
 */

export type ShapeKind = "rectangle" | "circle" | "line" | "polygon" | "text";
export type TextAlign = "left" | "centre" | "right";

export interface Shape {
  kind: ShapeKind;
  /** Names the same thing from frame to frame; empty for shapes that are never interpolated. */
  key: string;
  /** 0xRRGGBB. */
  rgb: number;
  /** 0 to 1. */
  alpha: number;
  /**
   * The parameters in the order of the wire: rectangle x, y, width, height, radius; circle x, y, radius;
   * line x1, y1, x2, y2, width; polygon x, y of each corner; text x, y, size.
   */
  numbers: number[];
  text: string;
  align: TextAlign;
}

export interface DisplayList {
  width: number;
  height: number;
  /** 0xRRGGBB. */
  background: number;
  shapes: Shape[];
}

export class DisplayListError extends Error {}

/** The only version of the layout this page understands. */
const VERSION = 1;
const KINDS: readonly ShapeKind[] = ["rectangle", "circle", "line", "polygon", "text"];
const ALIGNS: readonly TextAlign[] = ["left", "centre", "right"];
/** How many floats a kind has; a polygon says so itself. */
const NUMBERS: Record<ShapeKind, number> = {
  rectangle: 5,
  circle: 3,
  line: 5,
  polygon: 0,
  text: 3,
};

const utf8 = new TextDecoder();

class Cursor {
  offset = 0;
  private readonly view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.view = new DataView(buffer);
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  /** R, G, B, A in this order, one byte each. */
  colour(): { rgb: number; alpha: number } {
    const rgb = (this.u8() << 16) | (this.u8() << 8) | this.u8();
    return { rgb, alpha: this.u8() / 255 };
  }

  floats(count: number): number[] {
    const numbers = new Array<number>(count);
    for (let i = 0; i < count; i++) numbers[i] = this.view.getFloat32(this.skip(4), true);
    return numbers;
  }

  string(length: number): string {
    const start = this.skip(length);
    return length === 0 ? "" : utf8.decode(new Uint8Array(this.view.buffer, start, length));
  }

  atEnd(): boolean {
    return this.offset === this.view.byteLength;
  }

  private skip(bytes: number): number {
    const start = this.offset;
    if (start + bytes > this.view.byteLength) {
      throw new DisplayListError(
        `the display list ends at byte ${this.view.byteLength}, inside a shape`,
      );
    }
    this.offset = start + bytes;
    return start;
  }
}

function readShape(cursor: Cursor): Shape {
  const code = cursor.u8();
  const kind = KINDS[code - 1];
  if (kind === undefined) throw new DisplayListError(`unknown kind of shape: ${code}`);
  const key = cursor.string(cursor.u8());
  const { rgb, alpha } = cursor.colour();
  const count = kind === "polygon" ? 2 * cursor.u16() : NUMBERS[kind];
  const shape: Shape = {
    kind,
    key,
    rgb,
    alpha,
    numbers: cursor.floats(count),
    text: "",
    align: "left",
  };
  if (kind === "text") {
    shape.align = ALIGNS[cursor.u8()] ?? "left";
    shape.text = cursor.string(cursor.u16());
  }
  return shape;
}

/**
 * Decode one display list.
 *
 * @throws {DisplayListError} The version is unknown, a shape is cut off, or bytes are left over.
 */
export function decodeDisplayList(buffer: ArrayBuffer): DisplayList {
  const cursor = new Cursor(buffer);
  const version = cursor.u8();
  if (version !== VERSION) {
    throw new DisplayListError(
      `display list of version ${version}; this page draws version ${VERSION}`,
    );
  }
  cursor.u8();
  const width = cursor.u16();
  const height = cursor.u16();
  const background = cursor.colour().rgb;
  const count = cursor.u16();
  const shapes: Shape[] = [];
  for (let i = 0; i < count; i++) shapes.push(readShape(cursor));
  if (!cursor.atEnd()) throw new DisplayListError("bytes are left over behind the last shape");
  return { width, height, background, shapes };
}

/** Write 0xRRGGBB as CSS does. */
export function cssColour(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** Return the middle of a shape in court pixels: of its box, its centre, or the mean of its points. */
export function centreOf(shape: Shape): { x: number; y: number } {
  const n = shape.numbers;
  const at = (index: number): number => n[index] ?? 0;
  switch (shape.kind) {
    case "rectangle":
      return { x: at(0) + at(2) / 2, y: at(1) + at(3) / 2 };
    case "line":
      return { x: (at(0) + at(2)) / 2, y: (at(1) + at(3)) / 2 };
    case "polygon": {
      const corners = Math.max(1, n.length / 2);
      let x = 0;
      let y = 0;
      for (let i = 0; i + 1 < n.length; i += 2) {
        x += at(i);
        y += at(i + 1);
      }
      return { x: x / corners, y: y / corners };
    }
    default:
      return { x: at(0), y: at(1) };
  }
}
