/** What actions and keys are called where people read it. */

const GLYPHS: Record<string, string> = {
  ArrowUp: "↑",
  ArrowRight: "→",
  ArrowDown: "↓",
  ArrowLeft: "←",
  " ": "Space",
  MouseLeft: "left click",
  MouseMiddle: "middle click",
  MouseRight: "right click",
};

/** Turn a name out of a program into words: `PICK_UP` and `ACTION_PICK_UP` become "Pick up". */
export function readableName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[\s_.-]+/g, " ")
    .trim()
    .toLowerCase()
    .replace(/^action (?=\S)/, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an action is called; empty where nobody has given it a name. */
export function actionWords(names: readonly string[], action: number): string {
  return readableName(names[action] ?? "");
}

/** What is written on a key. */
export function keyCap(key: string): string {
  return GLYPHS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
