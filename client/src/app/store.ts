/** The one place that holds what the page knows. Messages change it; views read it. */

export type Listener<State> = (state: Readonly<State>) => void;

export class Store<State extends object> {
  private readonly listeners: Listener<State>[] = [];
  private isTelling = false;
  private isStale = false;

  constructor(private current: State) {}

  get state(): Readonly<State> {
    return this.current;
  }

  /** Change some fields and tell every listener once. */
  update(changes: Partial<State>): void {
    this.current = { ...this.current, ...changes };
    if (this.isTelling) {
      // A listener changed the state: everybody hears of it after this round, never out of order.
      this.isStale = true;
      return;
    }
    this.isTelling = true;
    try {
      do {
        this.isStale = false;
        for (const listener of this.listeners) listener(this.current);
      } while (this.isStale);
    } finally {
      this.isTelling = false;
    }
  }

  /** Call the listener now and after every change. */
  subscribe(listener: Listener<State>): void {
    this.listeners.push(listener);
    listener(this.current);
  }
}
