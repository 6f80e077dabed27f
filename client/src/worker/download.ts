/**
 * Downloads in parallel, and says how far they have come.
 *
 * Pyodide loads its files itself, one after the other, and the largest only when a snapshot has
 * arrived. While it does so, it gets its files from here, where they have been under way since the
 * beginning.
 */

/** Bytes of all that a start loads, about; only the progress bar depends on it. */
const EXPECTED_BYTES = 18_500_000;

export class DownloadMeter {
  private readonly underWay = new Map<string, Promise<Response>>();
  private received = 0;

  constructor(
    private readonly progress: (fraction: number) => void,
    private readonly fetchPlainly: typeof fetch = globalThis.fetch.bind(globalThis),
  ) {}

  /** Begin to load what will be asked for later. */
  prefetch(url: string): void {
    const response = this.fetch(url);
    response.catch(() => undefined); // who asks for it will see the failure
    this.underWay.set(new URL(url, self.location.href).href, response);
  }

  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const response = await this.fetchPlainly(input, init);
    return response.ok ? this.counted(response) : response;
  }

  /** Run something whose own calls of `fetch` should come here. */
  async during<Result>(run: () => Promise<Result>): Promise<Result> {
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => this.takeOrFetch(input, init);
    try {
      return await run();
    } finally {
      globalThis.fetch = original;
      this.underWay.clear();
    }
  }

  private takeOrFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = input instanceof Request ? input.url : String(input);
    const key = new URL(url, self.location.href).href;
    const response = this.underWay.get(key);
    this.underWay.delete(key);
    return response ?? this.fetch(input, init);
  }

  private counted(response: Response): Response {
    if (response.body === null) return response;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        this.received += chunk.byteLength;
        this.progress(Math.min(1, this.received / EXPECTED_BYTES));
        controller.enqueue(chunk);
      },
    });
    // The type matters: WebAssembly compiles while it loads only what says that it is WebAssembly.
    return new Response(response.body.pipeThrough(counter), {
      status: response.status,
      headers: response.headers,
    });
  }
}
