const SLOTS = 21; // a second, and the slot that is being filled
const SLOT_MS = 50;

/** Sum of amounts over the last full second, in slots of 50 ms: cheap, and bounded in memory. */
export class RatePerSecond {
  private readonly sums = new Float64Array(SLOTS);
  private slot = Number.NEGATIVE_INFINITY;

  add(amount: number, nowMs: number): void {
    this.advance(nowMs);
    const index = this.slot % SLOTS;
    this.sums[index] = (this.sums[index] ?? 0) + amount;
  }

  read(nowMs: number): number {
    this.advance(nowMs);
    const sum = this.sums.reduce((total, amount) => total + amount, 0);
    // What is counted in a slot that has only begun would make every rate seem too low.
    return sum - (this.sums[this.slot % SLOTS] ?? 0);
  }

  private advance(nowMs: number): void {
    const slot = Math.max(0, Math.floor(nowMs / SLOT_MS));
    const stale = Math.min(SLOTS, slot - this.slot);
    for (let step = 0; step < stale; step += 1) this.sums[(slot - step) % SLOTS] = 0;
    if (slot > this.slot) this.slot = slot;
  }
}
