/** Small line drawings for buttons, 24 x 24, drawn with the text's colour. */

import { element } from "./dom";

const PATHS = {
  mirror: "M12 3v18 M8 7 4 12l4 5z M16 7l4 5-4 5z",
  soundOn: "M4 9v6h4l5 4V5L8 9z M16.5 8.5a5 5 0 0 1 0 7 M19 6a8.5 8.5 0 0 1 0 12",
  soundOff: "M4 9v6h4l5 4V5L8 9z M17 9.5l5 5 M22 9.5l-5 5",
  statistics: "M4 20V4 M4 20h16 M8 15l3-4 3 2 5-7",
  close: "M6 6l12 12 M18 6 6 18",
  play: "M7 5l12 7-12 7z",
  pause: "M8 5v14 M16 5v14",
  stepBack: "M7 6v12 M18 6l-8 6 8 6z",
  stepOn: "M17 6v12 M6 6l8 6-8 6z",
  download: "M12 4v11 M7.5 11l4.5 4.5 4.5-4.5 M5 20h14",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z M9 12l2 2 4-4",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 20a6.5 6.5 0 0 1 13 0 M16 4.5a3.5 3.5 0 0 1 0 6.5 M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
  keys: "M3 7h18v10H3z M7 10.5h.01 M12 10.5h.01 M17 10.5h.01 M8 14h8",
  leave: "M10 4H5v16h5 M14 8l4 4-4 4 M18 12H9",
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows a drawing and says the label to those who do not see it, or hover. */
export function iconButton(name: IconName, label: string, onClick: () => void): HTMLButtonElement {
  const root = element("button", {
    type: "button",
    class: "icon-button",
    "aria-label": label,
    title: label,
  });
  root.append(icon(name));
  root.addEventListener("click", onClick);
  return root;
}
