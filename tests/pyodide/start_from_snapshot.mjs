/**
 * Start from a memory snapshot as the worker does, with a zip that holds a game besides, and play.
 *
 *     node start_from_snapshot.mjs --client FOLDER --pyodide FOLDER --snapshot FOLDER --zip FILE
 *         --spec user_game.module:Class
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { importFromClient } from "./bundle.mjs";

const names = ["client", "pyodide", "snapshot", "zip", "spec"];
const options = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
const { values } = parseArgs({ options });
const manifest = JSON.parse(readFileSync(join(values.snapshot, "manifest.json"), "utf8"));
const snapshot = gunzipSync(readFileSync(join(values.snapshot, basename(manifest.url))));

const { addRuntime } = await importFromClient(resolve(values.client), "src/worker/python.ts");
const folder = resolve(values.pyodide);
const { loadPyodide, version } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);

let startMs = performance.now();
await loadPyodide({ indexURL: `${folder}/` });
const plainMs = performance.now() - startMs;

startMs = performance.now();
const pyodide = await loadPyodide({ indexURL: `${folder}/`, _loadSnapshot: snapshot });
const wasImported = pyodide.pyimport("sys").modules.has("peergym.hosts.pyodide");
addRuntime(pyodide, readFileSync(values.zip));
const host = pyodide.pyimport("peergym.hosts.pyodide").open_host(values.spec, "digest");
const snapshotMs = performance.now() - startMs;
host.start_practice(JSON.stringify({ options: {}, seed: "5", localSeat: 0 }));
for (let tick = 0; tick < 100; tick += 1) host.tick((tick * 1000) / 60, 0);
const digest = createHash("sha256").update(snapshot).digest("hex");
console.log(
  JSON.stringify({
    frame: host.frame,
    wasImported,
    plainMs,
    snapshotMs,
    isDigestRight: digest === manifest.digest,
    isVersionRight: version === manifest.pyodideVersion,
    packageDigest: manifest.packageDigest,
  }),
);
