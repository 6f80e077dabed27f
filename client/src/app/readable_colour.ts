/** Colours of games as colours of texts: light enough to be read on the page's dark ground. */

/** As `--ground-high` in tokens.css, the lightest ground that texts stand on. */
const GROUND = "#1b2335";
/** What small texts need. Source: WCAG 2.2, 1.4.3. */
const LEAST_CONTRAST = 4.5;
const STEPS = 20;

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Source: WCAG 2.2, relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, `#rrggbb`: 1 to 21. */
export function contrast(first: string, second: string): number {
  const [one, other] = [luminance(channels(first)), luminance(channels(second))];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** The colour itself, `#rrggbb`, if it can be read; else as little lighter as it takes. */
export function readableColour(colour: string): string {
  const rgb = channels(colour);
  let mixed = colour;
  for (let step = 1; step <= STEPS && contrast(mixed, GROUND) < LEAST_CONTRAST; step += 1) {
    const lighter = rgb.map((byte) => Math.round(byte + ((255 - byte) * step) / STEPS));
    mixed = `#${lighter.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  return mixed;
}
