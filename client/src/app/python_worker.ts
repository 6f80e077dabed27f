/** The worker that hosts Python, as the page sees it. */

import type { FromWorker, ToWorker } from "../shared/messages";

export class PythonWorker {
  private readonly worker: Worker;

  /** @param onFailure The worker itself broke: its script did not load, or it threw. */
  constructor(onMessage: (message: FromWorker) => void, onFailure: (message: string) => void) {
    this.worker = new Worker(new URL("../worker/host.worker.ts", import.meta.url), {
      type: "module",
    });
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => onMessage(event.data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      onFailure(event.message || "the worker's script could not be loaded");
    };
  }

  /** Nothing more comes of it. */
  end(): void {
    this.worker.terminate();
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
