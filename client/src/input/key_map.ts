/**
 * From keys to actions, by the game's own table.
 *
 * A game lists for each action the keys that have to be held together (as in `gymnasium.utils.play`). Keys
 * are named as `KeyboardEvent.key` names them, letters in lower case: "w", "ArrowUp", " ".
 */

export interface KeyBinding {
  keys: readonly string[];
  action: number;
}

/** Name a key independently of Shift and Caps Lock. */
export function keyName(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * Return the action for the keys held, the newest last.
 *
 * The binding that needs the most keys wins; among equals the one whose key was pressed last, so that
 * pressing the other direction turns round at once, and letting go of it turns back.
 */
export function actionOf(
  bindings: readonly KeyBinding[],
  held: readonly string[],
  noop: number,
): number {
  let best: KeyBinding | null = null;
  let bestRank = -1;
  for (const binding of bindings) {
    const ranks = binding.keys.map((key) => held.indexOf(keyName(key)));
    if (ranks.length === 0 || ranks.some((rank) => rank < 0)) continue;
    // Of two that share their newest key (a bomb with one direction or another) the others decide.
    const others = ranks.reduce((sum, each) => sum + each, 0);
    const rank = (binding.keys.length * 1000 + Math.max(...ranks)) * 1000 + others;
    if (rank > bestRank) {
      best = binding;
      bestRank = rank;
    }
  }
  return best === null ? noop : best.action;
}

/** Whether a key takes part in any binding: then the browser must not scroll or search with it. */
export function isBound(bindings: readonly KeyBinding[], key: string): boolean {
  return bindings.some((binding) => binding.keys.some((bound) => keyName(bound) === keyName(key)));
}
