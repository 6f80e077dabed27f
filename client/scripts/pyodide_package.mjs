/**
 * Pyodide under Node.js with our package on its path, for the scripts beside this file.
 *
 * The package comes as the very zip that the server would send to a browser.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the worker of a page puts the zip too; a memory snapshot remembers it. */
export const RUNTIME_PATH = "/runtime.zip";

/** Folder of Pyodide's files: the one given, or the one installed beside the client. */
export function pyodideFolder(given) {
  if (given) return resolve(given);
  return dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
}

/** Pack the package by the server's own means. Returns the zip and its digest. */
export function packPackage(packageFolder, python) {
  const scratch = mkdtempSync(join(tmpdir(), "peergym-pack-"));
  try {
    const zip = join(scratch, "package.zip");
    const script = join(packageFolder, "server", "packing.py");
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
    const digest = execFileSync(python, [script, packageFolder, "--zip", zip], options).trim();
    return { digest, zip: readFileSync(zip) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Load Pyodide from a folder. */
export async function loadPyodideFrom(folder, options = {}) {
  const { loadPyodide, version } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
  return { pyodide: await loadPyodide({ indexURL: `${folder}/`, ...options }), version };
}

/** Load Pyodide and make the package importable. */
export async function loadWithPackage(folder, zip, options = {}) {
  const loaded = await loadPyodideFrom(folder, options);
  loaded.pyodide.FS.writeFile(RUNTIME_PATH, zip);
  changePath(loaded.pyodide, (path) => path.insert(0, RUNTIME_PATH));
  return loaded;
}

/** Change `sys.path` and leave no proxy behind. */
export function changePath(pyodide, change) {
  const sys = pyodide.pyimport("sys");
  const path = sys.path;
  change(path);
  path.destroy();
  sys.destroy();
}

/** Names of all modules in the zip. */
export function modulesIn(pyodide) {
  const zipfile = pyodide.pyimport("zipfile");
  const archive = zipfile.ZipFile(RUNTIME_PATH);
  const list = archive.namelist();
  const names = list.toJs();
  archive.close();
  for (const proxy of [list, archive, zipfile]) proxy.destroy();
  return names
    .filter((name) => name.endsWith(".py"))
    .map((name) =>
      name
        .slice(0, -".py".length)
        .replaceAll("/", ".")
        .replace(/\.__init__$/, ""),
    );
}
