/** Return a random 64-bit integer in decimal, as seeds are written. */
export function randomSeed(): string {
  const [seed = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return seed.toString();
}
