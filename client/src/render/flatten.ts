/**
 * Turn a list with layers and cameras into plain shapes on the screen.
 *
 * This comes after the blending of two frames: a camera and what it sees are blended apart, so both move
 * smoothly.
 */

import type { DisplayList, Shape } from "./display_list";

/** What is on each layer, by its number. */
export type Layers = ReadonlyMap<number, readonly Shape[]>;

interface View {
  x: number;
  y: number;
  zoom: number;
  cos: number;
  sin: number;
  angle: number;
  middleX: number;
  middleY: number;
}

export function flatten(list: DisplayList, layers: Layers): DisplayList {
  const isPlain = list.shapes.every(({ kind }) => !["layer", "camera", "sound"].includes(kind));
  if (isPlain) return list;
  let view: View | null = null;
  const shapes: Shape[] = [];
  for (const shape of list.shapes) {
    if (shape.kind === "camera") view = viewOf(shape, list);
    else if (shape.kind === "layer") {
      const [x = 0, y = 0] = shape.numbers;
      for (const each of layers.get(shape.source ?? -1) ?? []) {
        shapes.push(seen(moved(each, x, y), view));
      }
    } else if (shape.kind !== "sound") shapes.push(seen(shape, view));
  }
  return { ...list, shapes };
}

function viewOf({ numbers: [x = 0, y = 0, zoom = 0, angle = 0] }: Shape, list: DisplayList) {
  if (zoom === 0) return null;
  const [middleX, middleY] = [list.width / 2, list.height / 2];
  return { x, y, zoom, angle, cos: Math.cos(angle), sin: Math.sin(angle), middleX, middleY };
}

/** Which of a shape's numbers are places: pairs of x and y, so many from the beginning. */
function pairsOf({ kind, numbers }: Shape): number {
  if (kind === "line") return 2;
  return kind === "polygon" ? numbers.length / 2 : 1;
}

function moved(shape: Shape, x: number, y: number): Shape {
  if (x === 0 && y === 0) return shape;
  const places = 2 * pairsOf(shape);
  const numbers = shape.numbers.map((value, index) =>
    index < places ? value + (index % 2 === 0 ? x : y) : value,
  );
  return { ...shape, numbers };
}

function seen(shape: Shape, view: View | null): Shape {
  if (view === null) return shape;
  if (shape.kind === "rectangle" && view.angle !== 0) return seen(asPolygon(shape), view);
  const places = 2 * pairsOf(shape);
  const numbers = shape.numbers.map((value) => value * view.zoom);
  for (let i = 0; i < places; i += 2) {
    const dx = ((shape.numbers[i] ?? 0) - view.x) * view.zoom;
    const dy = ((shape.numbers[i + 1] ?? 0) - view.y) * view.zoom;
    numbers[i] = view.middleX + dx * view.cos - dy * view.sin;
    numbers[i + 1] = view.middleY + dx * view.sin + dy * view.cos;
  }
  if (shape.kind === "sprite") numbers[4] = (shape.numbers[4] ?? 0) + view.angle;
  return { ...shape, numbers };
}

/** A turned rectangle; its corners are not round. */
function asPolygon(shape: Shape): Shape {
  const [x = 0, y = 0, width = 0, height = 0] = shape.numbers;
  const numbers = [x, y, x + width, y, x + width, y + height, x, y + height];
  return { ...shape, kind: "polygon", numbers };
}
