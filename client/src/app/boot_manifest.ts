/** Where the worker finds Python, the game and the memory snapshot. */

import type { BootManifest } from "../shared/messages";
import type { ServerDescription } from "./game_description";

const PYODIDE_URL = "/pyodide/";

export function makeBootManifest(
  { runtime }: ServerDescription,
  skipsSnapshot: boolean,
): BootManifest {
  const absolute = (url: string): string => new URL(url, location.origin).href;
  const snapshot = skipsSnapshot ? null : runtime.snapshot;
  return {
    pyodideUrl: absolute(PYODIDE_URL),
    runtimeUrl: absolute(runtime.zip_url),
    digest: runtime.digest,
    packageDigest: runtime.package_digest,
    spec: runtime.spec,
    snapshot: snapshot === null ? null : { ...snapshot, url: absolute(snapshot.url) },
  };
}
