/**
 * Downloads in parallel, and says how far they have come.
 *
 * Pyodide loads its files itself, one after the other, and the largest only when a snapshot has
 * arrived. While it does so, it gets its files from here, where they have been under way since the
 * beginning.
 */

/** A digest as `fetch` takes it. */
export function integrity(sha256: string): string {
  const bytes = sha256.match(/../g) ?? [];
  return `sha256-${btoa(String.fromCharCode(...bytes.map((pair) => Number.parseInt(pair, 16))))}`;
}

/** Bytes of all that a start loads, about; only the progress bar depends on it. */
const EXPECTED_BYTES = 18_500_000;
/** A package, about: NumPy has 3 MB, the others less. */
const EXPECTED_PACKAGE_BYTES = 3_000_000;

export class DownloadMeter {
  private readonly underWay = new Map<string, Promise<Response>>();
  private received = 0;
  private expected = EXPECTED_BYTES;

  constructor(
    private readonly progress: (fraction: number) => void,
    private readonly fetchPlainly: typeof fetch = globalThis.fetch.bind(globalThis),
  ) {}

  /**
   * Begin to load what will be asked for later.
   *
   * @param sha256 Of the file, in hex: the browser refuses another one.
   */
  prefetch(url: string, sha256?: string): void {
    const response = this.fetch(url, sha256 === undefined ? {} : { integrity: integrity(sha256) });
    response.catch(() => undefined); // who asks for it will see the failure
    if (sha256 !== undefined) this.expected += EXPECTED_PACKAGE_BYTES;
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
        this.progress(Math.min(1, this.received / this.expected));
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
