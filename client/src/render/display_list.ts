/**
 * Decode the display list that a game draws onto its `Surface` in Python.
 *
 * The list is little-endian: a header (version, size of the court, background, number of shapes), then for
 * each shape its kind, key, colour and parameters. Coordinates are court pixels, y grows downwards. The
 * bytes come from our own worker, so a malformed list is a fault of ours and throws.
 */

export type ShapeKind =
  | "rectangle"
  | "circle"
  | "line"
  | "polygon"
  | "text"
  | "sprite"
  | "layer"
  | "camera"
  | "sound";
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
   * line x1, y1, x2, y2, width; polygon x, y of each corner; text x, y, size; sprite x, y, width, height,
   * angle; layer x, y; camera x, y, zoom, angle; a sound has none.
   */
  numbers: number[];
  /** What is written, or the name of a sound. */
  text: string;
  align: TextAlign;
  /** Of a sprite: its sheet. Of a layer: which. */
  source?: number;
  /** Of a sprite: x, y, width, height within its sheet; width 0 is all of it. */
  part?: readonly number[];
}

/** A piece of a sheet: a picture that the page keeps. */
export interface Patch {
  sheet: number;
  /** Size of the whole sheet; 0 if a file says it. */
  sheetWidth: number;
  sheetHeight: number;
  x: number;
  y: number;
  width: number;
  height: number;
  format: "rgb" | "rgba" | "file";
  isSmooth: boolean;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is on a layer from now on. */
export interface Paint {
  layer: number;
  shapes: Shape[];
}

export interface DisplayList {
  width: number;
  height: number;
  /** 0xRRGGBB. */
  background: number;
  shapes: Shape[];
  /** What comes with the list and is kept: pieces of pictures, and what is on layers. */
  patches?: Patch[];
  paints?: Paint[];
}

export class DisplayListError extends Error {}

/** The newest version of the layout this page understands; it understands all before it. */
const VERSION = 2;
/** By code, from 1 on; null for what is no shape. */
const KINDS: readonly (ShapeKind | null)[] = [
  "rectangle",
  "circle",
  "line",
  "polygon",
  "text",
  "sprite",
  null,
  null,
  "layer",
  "camera",
  "sound",
];
const PATCH = 7;
const PAINT = 8;
const FORMATS = ["rgb", "rgba", "file"] as const;
const SMOOTH = 0x80;
const ALIGNS: readonly TextAlign[] = ["left", "centre", "right"];
/** How many floats a kind has; a polygon says so itself. */
const NUMBERS: Record<ShapeKind, number> = {
  rectangle: 5,
  circle: 3,
  line: 5,
  polygon: 0,
  text: 3,
  sprite: 5,
  layer: 0,
  camera: 4,
  sound: 0,
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

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  u16s(count: number): number[] {
    return Array.from({ length: count }, () => this.u16());
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view.buffer as ArrayBuffer, this.skip(length), length);
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

type Kept = Required<Pick<DisplayList, "patches" | "paints">>;

function readPatch(cursor: Cursor): Patch {
  const [sheet = 0, sheetWidth = 0, sheetHeight = 0, x = 0, y = 0, width = 0, height = 0] =
    cursor.u16s(7);
  const code = cursor.u8();
  const format = FORMATS[(code & ~SMOOTH) - 1];
  if (format === undefined) throw new DisplayListError(`unknown format of a picture: ${code}`);
  const bytes = cursor.bytes(cursor.u32());
  const isSmooth = (code & SMOOTH) !== 0;
  return { sheet, sheetWidth, sheetHeight, x, y, width, height, format, isSmooth, bytes };
}

function readPaint(cursor: Cursor): Paint {
  const layer = cursor.u16();
  cursor.u32(); // when it was painted
  cursor.u32(); // how long it is
  return { layer, shapes: readShapes(cursor, cursor.u16(), { patches: [], paints: [] }) };
}

/** Read so many shapes; what comes among them and is none goes into `kept`. */
function readShapes(cursor: Cursor, count: number, kept: Kept): Shape[] {
  const shapes: Shape[] = [];
  for (let i = 0; i < count; i++) {
    const code = cursor.u8();
    if (code === PATCH || code === PAINT) {
      cursor.string(cursor.u8());
      cursor.colour();
      if (code === PATCH) kept.patches.push(readPatch(cursor));
      else kept.paints.push(readPaint(cursor));
    } else shapes.push(readShape(cursor, code));
  }
  return shapes;
}

function readShape(cursor: Cursor, code: number): Shape {
  const kind = KINDS[code - 1];
  if (!kind) throw new DisplayListError(`unknown kind of shape: ${code}`);
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
  } else if (kind === "sprite") {
    [shape.source = 0, ...shape.part] = cursor.u16s(5) as [number, ...number[]];
  } else if (kind === "layer") {
    shape.source = cursor.u16();
    cursor.u32();
    shape.numbers = cursor.floats(2);
  } else if (kind === "sound") {
    shape.text = cursor.string(cursor.u8());
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
  if (version < 1 || version > VERSION) {
    throw new DisplayListError(
      `display list of version ${version}; this page draws versions 1 to ${VERSION}`,
    );
  }
  cursor.u8();
  const width = cursor.u16();
  const height = cursor.u16();
  const background = cursor.colour().rgb;
  const count = cursor.u16();
  const kept: Kept = { patches: [], paints: [] };
  const shapes = readShapes(cursor, count, kept);
  if (!cursor.atEnd()) throw new DisplayListError("bytes are left over behind the last shape");
  return { width, height, background, shapes, ...(version > 1 ? kept : {}) };
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
