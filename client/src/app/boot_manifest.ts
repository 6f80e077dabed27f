/** Where the worker finds Python, the game, what the game needs, and the memory snapshot. */

import type { BootManifest } from "../shared/messages";
import type { ServerDescription } from "./game_description";

/** The Pyodide that comes with the page. */
const PYODIDE_URL = "/pyodide/";

export function makeBootManifest(
  { runtime }: ServerDescription,
  skipsSnapshot: boolean,
): BootManifest {
  const absolute = (url: string): string => new URL(url, location.origin).href;
  const snapshot = skipsSnapshot ? null : runtime.snapshot;
  const pyodideUrl = absolute(runtime.pyodide?.url ?? PYODIDE_URL);
  return {
    pyodideUrl,
    runtimeUrl: absolute(runtime.zip_url),
    digest: runtime.digest,
    packageDigest: runtime.package_digest,
    packages: runtime.packages.map(({ name, file_name, sha256, imports }) => ({
      name,
      url: new URL(file_name, pyodideUrl).href,
      sha256,
      imports,
    })),
    spec: runtime.spec,
    snapshot: snapshot === null ? null : { ...snapshot, url: absolute(snapshot.url) },
  };
}
