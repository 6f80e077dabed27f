/** Mirror a picture left to right. Text moves to its mirrored place but stays readable. */

import type { DisplayList, Shape, TextAlign } from "./display_list";

const MIRRORED_ALIGN: Record<TextAlign, TextAlign> = {
  left: "right",
  centre: "centre",
  right: "left",
};

function mirrorNumbers(shape: Shape, width: number): number[] {
  const n = shape.numbers;
  const [x = 0, y = 0, third = 0] = n;
  switch (shape.kind) {
    case "rectangle":
      return [width - x - third, y, ...n.slice(2)];
    case "line":
      return [width - x, y, width - third, ...n.slice(3)];
    case "sprite":
      // Turned the other way, and flipped: what looked to the left looks to the right.
      return [width - x, y, -third, n[3] ?? 0, -(n[4] ?? 0)];
    case "polygon":
      return n.map((value, index) => (index % 2 === 0 ? width - value : value));
    default:
      return [width - x, y, ...n.slice(2)];
  }
}

export function mirror(list: DisplayList): DisplayList {
  const shapes = list.shapes.map((shape) => ({
    ...shape,
    numbers: mirrorNumbers(shape, list.width),
    align: MIRRORED_ALIGN[shape.align],
  }));
  return { ...list, shapes };
}
