/**
 * Make the memory snapshot: Pyodide as it is just after our package was imported.
 *
 * A page that starts from it saves the start of Python and the import. It is made under Node.js at
 * build time, by an interface that Pyodide keeps to itself; so the manifest says of which Pyodide
 * and of which package it is, and a page to which that does not apply starts plainly.
 *
 *     node build_snapshot.mjs --package ../src/peergym --out dist/snapshot [--python EXE]
 *         [--pyodide FOLDER]
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import {
  changePath,
  loadWithPackage,
  modulesIn,
  packPackage,
  pyodideFolder,
  RUNTIME_PATH,
} from "./pyodide_package.mjs";

/** Modules of the standard library that a start needs as well. */
const ALSO_IMPORTED = ["platform", "random"];

const { values } = parseArgs({
  options: {
    package: { type: "string" },
    out: { type: "string" },
    python: { type: "string", default: process.platform === "win32" ? "python" : "python3" },
    pyodide: { type: "string" },
    url: { type: "string", default: "/snapshot" },
  },
});
if (!values.package || !values.out) {
  console.error("usage: build_snapshot.mjs --package FOLDER --out FOLDER");
  process.exit(2);
}

const { digest: packageDigest, zip } = packPackage(resolve(values.package), values.python);
const folder = pyodideFolder(values.pyodide);
const { pyodide, version } = await loadWithPackage(folder, zip, { _makeSnapshot: true });
importAll(pyodide, [...modulesIn(pyodide), ...ALSO_IMPORTED]);
// The page adds the path itself, for its zip may hold a game as well.
changePath(pyodide, (path) => path.remove(RUNTIME_PATH));
const snapshot = pyodide.makeMemorySnapshot();
const digest = createHash("sha256").update(snapshot).digest("hex");
const manifest = {
  url: `${values.url}/snapshot-${digest.slice(0, 16)}.bin.gz`,
  digest,
  packageDigest,
  pyodideVersion: version,
};
writeOut(resolve(values.out), manifest, gzipSync(snapshot, { level: 9 }));

function importAll(python, names) {
  const importlib = python.pyimport("importlib");
  for (const name of names) importlib.import_module(name)?.destroy();
  importlib.destroy();
}

function writeOut(out, content, packed) {
  mkdirSync(out, { recursive: true });
  for (const old of readdirSync(out)) {
    if (old.startsWith("snapshot-")) rmSync(join(out, old));
  }
  writeFileSync(join(out, content.url.split("/").at(-1)), packed);
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify(content, null, 2)}\n`);
  console.log(`${content.url}: ${packed.length} bytes, package ${content.packageDigest}`);
}
