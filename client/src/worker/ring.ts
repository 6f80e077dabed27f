/** Bounded buffers: what they hold is limited at construction, whatever is poured in. */

/** A queue of at most `capacity` items; when full, the oldest makes room. */
export class Ring<T> {
  private readonly items: (T | undefined)[];
  private first = 0;
  private count = 0;
  /** How many items have been pushed out. */
  dropped = 0;

  constructor(private readonly capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`capacity must be at least 1, is ${capacity}`);
    this.items = new Array<T | undefined>(capacity);
  }

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.capacity) {
      this.shift();
      this.dropped += 1;
    }
    this.items[(this.first + this.count) % this.capacity] = item;
    this.count += 1;
  }

  peek(): T | undefined {
    return this.count > 0 ? this.items[this.first] : undefined;
  }

  shift(): T | undefined {
    const item = this.peek();
    if (this.count > 0) {
      this.items[this.first] = undefined; // so that nothing is kept alive
      this.first = (this.first + 1) % this.capacity;
      this.count -= 1;
    }
    return item;
  }

  clear(): void {
    while (this.count > 0) this.shift();
  }
}

const SLOTS = 20;
const SLOT_MS = 50;

/** Sum of amounts over the last second, in slots of 50 ms: cheap, and bounded in memory. */
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
    return this.sums.reduce((sum, amount) => sum + amount, 0);
  }

  private advance(nowMs: number): void {
    const slot = Math.max(0, Math.floor(nowMs / SLOT_MS));
    const stale = Math.min(SLOTS, slot - this.slot);
    for (let step = 0; step < stale; step += 1) this.sums[(slot - step) % SLOTS] = 0;
    if (slot > this.slot) this.slot = slot;
  }
}
