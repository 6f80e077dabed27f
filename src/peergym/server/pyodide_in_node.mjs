/**
 * Pyodide under Node.js with the zip of a game in it, as a page would have it; what it is started for
 * is in the scripts that import this.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the zip lies, seen from Python. */
export const RUNTIME_PATH = "/runtime.zip";

/** Start Pyodide and let Python import from the zip. */
export async function startPyodide(folder, runtime) {
  const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
  const pyodide = await loadPyodide({
    indexURL: `${folder}/`,
    // The order of sets must not matter; and a game that prints must not disturb the lines here.
    env: { HOME: "/", PYTHONHASHSEED: "0" },
    stdout: (line) => console.error(line),
    stderr: (line) => console.error(line),
  });
  pyodide.FS.writeFile(RUNTIME_PATH, readFileSync(runtime));
  pyodide.runPython(`import sys; sys.path.insert(0, "${RUNTIME_PATH}")`);
  return pyodide;
}

/** Load packages of the Pyodide distribution. */
export async function loadPackages(pyodide, names) {
  if (names.length > 0) await pyodide.loadPackage(names, { messageCallback: () => undefined });
}

/** Print a line of JSON. */
export function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Print what comes of some work, or end with its error. */
export async function sayResult(work) {
  try {
    say({ result: await work() });
  } catch (error) {
    // The last line is what somebody reads.
    console.error(`${error.message}`.trim());
    process.exit(1);
  }
}
