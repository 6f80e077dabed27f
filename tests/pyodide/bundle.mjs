/** Bundle a module of the client by the client's own Vite, and import it into Node.js. */

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

export async function importFromClient(client, path) {
  const require = createRequire(join(client, "package.json"));
  const { build } = await import(pathToFileURL(require.resolve("vite")).href);
  const scratch = mkdtempSync(join(tmpdir(), "peergym-bundle-"));
  try {
    await build({
      configFile: false,
      logLevel: "error",
      root: client,
      build: { ssr: join(client, path), outDir: scratch, emptyOutDir: true },
    });
    const bundle = join(scratch, basename(path).replace(/\.ts$/, ".js"));
    return await import(pathToFileURL(bundle).href);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
