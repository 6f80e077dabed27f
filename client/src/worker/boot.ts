/** From a manifest to a host in Python that is warm and ready to play. */

import type { PyodideAPI } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import type { BootedMessage, BootManifest } from "../shared/messages";
import { type Progress, startPython, warmUpFraction } from "./python";

/**
 * Ticks of a throw-away match, about two thirds of which are played, the others make contact. After
 * four of them, the time of a tick has fallen to its lasting value even on slow machines.
 */
const WARM_UP_TICKS = 60;
const MOST_WARM_UPS = 4;
/** An eighth of a frame at 60 Hz. Where a tick costs less, somebody waits for nothing. */
const GOOD_TICK_MS = 2;
/** Two hosts play each other in a throw-away match. */
const HOSTS = 2;

export interface Booted {
  readonly host: PyProxy;
  /** Makes what shows a replay. */
  readonly openReplay: () => PyProxy;
  readonly wasmMemoryBytes: () => number;
  readonly message: BootedMessage;
}

export async function boot(manifest: BootManifest, progress: Progress): Promise<Booted> {
  const startMs = performance.now();
  const { pyodide, how, snapshotRefused } = await startPython(manifest, progress);
  const entry = pyodide.pyimport("peergym.hosts.pyodide");
  const host: PyProxy = entry.open_host(manifest.spec, manifest.digest);
  entry.destroy();
  await warmUp(pyodide, host, progress);
  const platform = pyodide.pyimport("platform");
  const pythonVersion: string = platform.python_version();
  platform.destroy();
  const durationMs = performance.now() - startMs;
  return {
    host,
    openReplay: () => openReplay(pyodide, host),
    wasmMemoryBytes: memoryOf(pyodide),
    message: { type: "booted", how, snapshotRefused, durationMs, pythonVersion },
  };
}

/** Not imported before it is asked for: whoever plays has no use for it. */
function openReplay(pyodide: PyodideAPI, host: PyProxy): PyProxy {
  const module = pyodide.pyimport("peergym.hosts.replay");
  const replay: PyProxy = module.open_replay(host);
  module.destroy();
  return replay;
}

/** Play throw-away matches until a tick is cheap: fast machines need one, slow ones all. */
async function warmUp(pyodide: PyodideAPI, host: PyProxy, progress: Progress): Promise<void> {
  const module = pyodide.pyimport("peergym.hosts.warm_up");
  let tickMs = Number.POSITIVE_INFINITY;
  for (let match = 0; match < MOST_WARM_UPS && tickMs > GOOD_TICK_MS; match += 1) {
    progress("warm_up", warmUpFraction(match / MOST_WARM_UPS));
    const startMs = performance.now();
    module.warm_up(host, WARM_UP_TICKS);
    tickMs = (performance.now() - startMs) / (HOSTS * WARM_UP_TICKS);
    // Compilers of WebAssembly work on other threads: give their results a chance to be used.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  module.destroy();
  progress("warm_up", 1);
}

/** How much memory Python has; Pyodide tells so only through what it keeps to itself. */
function memoryOf(pyodide: PyodideAPI): () => number {
  const { _module } = pyodide as unknown as { _module?: { HEAPU8?: Uint8Array } };
  return () => _module?.HEAPU8?.buffer.byteLength ?? 0;
}
