/**
 * Starts Python in this worker: from a memory snapshot where one fits, else plainly.
 *
 * The snapshot is a private interface of Pyodide, so it is only used under the very version and
 * for the very package it was made of, its digest is checked, and whatever goes wrong leads to a
 * plain start. Modules are imported to verify them; Pyodide itself would swallow a failure.
 */

import type { PyodideAPI } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import type { BootManifest, BootStage, PyodidePackage, SnapshotManifest } from "../shared/messages";
import { DownloadMeter } from "./download";

/** Where the zip with our package lies in Pyodide's file system; Python imports from it as it is. */
const RUNTIME_PATH = "/runtime.zip";

/** Where libraries that were packed with the game are unpacked. */
const LIBRARY_PATH = "/libraries";

/** Share of the whole boot at which each stage begins. */
const STAGES: Readonly<Record<BootStage, number>> = {
  download: 0,
  start: 0.6,
  import: 0.85,
  warm_up: 0.92,
};

export type Progress = (stage: BootStage, fraction: number) => void;

export interface StartedPython {
  readonly pyodide: PyodideAPI;
  readonly how: "snapshot" | "plain";
  readonly snapshotRefused: string | null;
}

interface PyodideModule {
  readonly loadPyodide: (options: Record<string, unknown>) => Promise<PyodideAPI>;
  readonly version: string;
}

/** Load Python and put our package where it can be imported. */
export async function startPython(
  manifest: BootManifest,
  progress: Progress,
): Promise<StartedPython> {
  const meter = new DownloadMeter((fraction) => progress("download", fraction * STAGES.start));
  const runtime = fetchBytes(meter, manifest.runtimeUrl);
  runtime.catch(() => undefined); // awaited below; a failure before that is not unhandled
  const pyodideUrl = new URL(manifest.pyodideUrl, self.location.href).href;
  meter.prefetch(`${pyodideUrl}pyodide.asm.wasm`);
  meter.prefetch(`${pyodideUrl}python_stdlib.zip`);
  for (const { url, sha256 } of manifest.packages) meter.prefetch(url, sha256);
  const module = (await import(/* @vite-ignore */ `${pyodideUrl}pyodide.mjs`)) as PyodideModule;
  const { pyodide, ...start } = await meter.during(async () => {
    const started = await load(module, pyodideUrl, manifest, meter);
    progress("start", STAGES.start);
    await addPackages(started.pyodide, manifest.packages);
    return started;
  });
  progress("import", STAGES.import);
  addRuntime(pyodide, await runtime);
  setUpSurroundings(pyodide, manifest.packages);
  return { pyodide, ...start };
}

/** Share of the boot that lies behind when a part of the warm-up is done. */
export function warmUpFraction(done: number): number {
  return STAGES.warm_up + done * (1 - STAGES.warm_up);
}

async function load(
  module: PyodideModule,
  indexURL: string,
  manifest: BootManifest,
  meter: DownloadMeter,
): Promise<StartedPython> {
  let snapshotRefused: string | null = null;
  if (manifest.snapshot) {
    try {
      checkFits(manifest.snapshot, module.version, manifest.packageDigest);
      const _loadSnapshot = await fetchSnapshot(meter, manifest.snapshot);
      const pyodide = await module.loadPyodide({ indexURL, _loadSnapshot });
      reseed(pyodide);
      return { pyodide, how: "snapshot", snapshotRefused };
    } catch (error) {
      snapshotRefused = error instanceof Error ? error.message : String(error);
    }
  }
  return { pyodide: await module.loadPyodide({ indexURL }), how: "plain", snapshotRefused };
}

/** Load what belongs to Pyodide; whether it is there is seen when it is imported. */
async function addPackages(
  pyodide: PyodideAPI,
  packages: readonly PyodidePackage[],
): Promise<void> {
  if (packages.length === 0) return;
  const problems: string[] = [];
  await pyodide.loadPackage(
    packages.map(({ name }) => name),
    { messageCallback: () => undefined, errorCallback: (text) => problems.push(text) },
  );
  const missing = packages.filter(({ name }) => !(name in pyodide.loadedPackages));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new Error(`${names} cannot be loaded: ${problems.join(" ") || "no reason was given"}`);
  }
}

/** Unpack the game's libraries, and import what is of Pyodide, which says nothing if that fails. */
function setUpSurroundings(pyodide: PyodideAPI, packages: readonly PyodidePackage[]): void {
  const module = pyodide.pyimport("peergym.hosts.surroundings");
  module.set_up(RUNTIME_PATH, LIBRARY_PATH);
  module.check_imports(JSON.stringify(packages.flatMap(({ imports }) => imports)));
  module.destroy();
}

function checkFits(snapshot: SnapshotManifest, version: string, packageDigest: string): void {
  if (snapshot.pyodideVersion !== version) {
    throw new Error(`the snapshot is of Pyodide ${snapshot.pyodideVersion}, this is ${version}`);
  }
  if (snapshot.packageDigest !== packageDigest) {
    throw new Error("the snapshot is of another version of the package");
  }
}

async function fetchSnapshot(
  meter: DownloadMeter,
  snapshot: SnapshotManifest,
): Promise<Uint8Array> {
  const bytes = await gunzip(await fetchBytes(meter, snapshot.url));
  // Browsers offer digests in secure contexts only. On a bare LAN address the checksum of gzip,
  // which unpacking has checked, has to do, and Pyodide's own check of the build.
  if (globalThis.crypto.subtle !== undefined) {
    const digest = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== snapshot.digest) throw new Error("the snapshot's digest is wrong");
  }
  return bytes;
}

/** Unpack, unless the server let the browser do so on the way. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function fetchBytes(meter: DownloadMeter, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await meter.fetch(url);
  if (!response.ok) throw new Error(`${url} cannot be loaded: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Make what is in a zip importable. */
export function addRuntime(pyodide: PyodideAPI, zip: Uint8Array): void {
  pyodide.FS.writeFile(RUNTIME_PATH, zip);
  const sys = pyodide.pyimport("sys");
  const path: PyProxy = sys.path;
  path.insert(0, RUNTIME_PATH);
  // A snapshot remembers what was in the zip that it was made of; this one may hold more.
  // (importlib's own function for it would first import a third of a second's worth of modules.)
  const importers: PyProxy = sys.path_importer_cache;
  const importer: PyProxy | undefined = importers.get(RUNTIME_PATH);
  importer?.invalidate_caches();
  for (const proxy of [importer, importers, path, sys]) proxy?.destroy();
}

/** Generators in a snapshot are those of the machine that made it. */
function reseed(pyodide: PyodideAPI): void {
  const random = pyodide.pyimport("random");
  random.seed();
  random.destroy();
}
