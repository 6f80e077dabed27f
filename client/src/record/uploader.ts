/**
 * Brings one record to the server, again and again until it is there.
 *
 * Laws: at most one request is under way; what came meanwhile is sent after it. A refusal is final. The
 * waits double, and after `MOST_TRIES` in a row it is given up until the page is loaded again.
 */

import type { Answer } from "./upload";

export const MOST_TRIES = 10;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export type UploadState =
  | { readonly name: "saving" }
  | { readonly name: "saved"; readonly bytes: number }
  | { readonly name: "retrying"; readonly reason: string }
  /** For this visit. */
  | { readonly name: "given_up"; readonly reason: string }
  | { readonly name: "refused"; readonly reason: string };

export interface UploaderOptions {
  /** Send all of the record so far. */
  readonly send: () => Promise<Answer>;
  /** How many bytes it has so far. */
  readonly bytes: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly onState: (state: UploadState) => void;
}

export class Uploader {
  private isWanted = false;
  private isRunning = false;
  private isOver = false;
  private wake: (() => void) | null = null;

  constructor(private readonly options: UploaderOptions) {}

  /** The server shall have all that there is now. Cuts a wait short. */
  want(): void {
    this.isWanted = true;
    this.wake?.();
    if (!this.isRunning && !this.isOver) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    let tries = 0;
    while (this.isWanted && !this.isOver) {
      this.isWanted = false;
      if (tries === 0) this.options.onState({ name: "saving" });
      const answer = await this.options.send();
      if (answer.kind === "saved") {
        tries = 0;
        if (answer.storedBytes >= this.options.bytes()) this.isWanted = false;
        if (!this.isWanted) this.options.onState({ name: "saved", bytes: answer.storedBytes });
      } else if (answer.kind === "refused") {
        this.isOver = true;
        this.options.onState({ name: "refused", reason: answer.reason });
      } else {
        tries += 1;
        if (tries >= MOST_TRIES) {
          this.options.onState({ name: "given_up", reason: answer.reason });
          break;
        }
        this.options.onState({ name: "retrying", reason: answer.reason });
        const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
        await this.wait(Math.max(backoffMs, Math.min(answer.afterMs, LONGEST_WAIT_MS)));
        this.isWanted = true;
      }
    }
    this.isRunning = false;
  }

  private wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.wake = null;
        resolve();
      };
      this.wake = go;
      this.options.setTimer(go, delayMs);
    });
  }
}
