/** Where the worker finds Python, the game and the memory snapshot. */

import type { BootManifest, SnapshotManifest } from "../shared/messages";
import type { ServerDescription } from "./game_description";

const PYODIDE_URL = "/pyodide/";
const SNAPSHOT_MANIFEST_URL = "/snapshot/manifest.json";

/** Fetch what is known of the memory snapshot; null when the server has none. */
async function fetchSnapshot(): Promise<SnapshotManifest | null> {
  try {
    const response = await fetch(SNAPSHOT_MANIFEST_URL);
    return response.ok ? ((await response.json()) as SnapshotManifest) : null;
  } catch {
    return null;
  }
}

export async function makeBootManifest(
  server: ServerDescription,
  skipsSnapshot: boolean,
): Promise<BootManifest> {
  return {
    pyodideUrl: new URL(PYODIDE_URL, location.origin).href,
    runtimeUrl: new URL(server.runtime.zip_url, location.origin).href,
    digest: server.runtime.digest,
    packageDigest: server.runtime.package_digest,
    spec: server.runtime.spec,
    snapshot: skipsSnapshot ? null : await fetchSnapshot(),
  };
}
