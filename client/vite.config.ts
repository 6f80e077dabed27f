/**
 * Builds the page and the worker into the Python package, which serves them.
 *
 * Beside them lie the files of Pyodide's core, so that a match needs no other server than ours,
 * and the notices of everything that was bundled.
 */

import { cp, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const OUT = fileURLToPath(new URL("../src/peergym/client_dist", import.meta.url));
const PYODIDE = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));

/** What a browser fetches to run Python; the rest of the npm package is for consoles. */
const PYODIDE_CORE = [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "python_stdlib.zip",
  "pyodide-lock.json",
];

/** Phaser alone is 1.2 MB when minified: Vite need not warn of each build. */
const LARGEST_EXPECTED_CHUNK_KB = 2000;

/**
 * Empty the folder but for the memory snapshot: it is made of the Python package, in half a
 * minute, and a change of the page does not outdate it.
 */
function removeOldBuild(): Plugin {
  let out = OUT;
  return {
    name: "peergym:remove-old-build",
    apply: "build",
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    async buildStart() {
      for (const name of ["assets", "pyodide", "index.html", "licenses.md"]) {
        await rm(join(out, name), { force: true, recursive: true });
      }
    },
  };
}

function copyPyodide(): Plugin {
  return {
    name: "peergym:copy-pyodide",
    apply: "build",
    async writeBundle({ dir = OUT }) {
      const folder = join(dir, "pyodide");
      await mkdir(folder, { recursive: true });
      for (const name of PYODIDE_CORE) await cp(join(PYODIDE, name), join(folder, name));
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [removeOldBuild(), copyPyodide()],
  build: {
    outDir: OUT,
    emptyOutDir: false,
    // The oldest browsers whose DataChannels can be transferred to a worker are newer than this.
    target: "es2022",
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: LARGEST_EXPECTED_CHUNK_KB,
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"] },
});
