/**
 * Execute a record in Pyodide under Node.js, as a page would; see re_execution.py beside this file.
 *
 *     node re_execute.mjs PYODIDE_FOLDER RUNTIME_ZIP RECORD SPEC
 *
 * Prints lines of JSON: {"done", "total"} now and then, {"result"} once.
 */

import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { loadPackages, RUNTIME_PATH, say, sayResult, startPyodide } from "./pyodide_in_node.mjs";

const LIBRARY_PATH = "/libraries";
const RECORD_PATH = "/record.pgr";
const [folder, runtime, record, spec] = process.argv.slice(2);

try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Then it runs like any other.
}
await sayResult(execute);

async function execute() {
  const pyodide = await startPyodide(folder, runtime);
  pyodide.FS.writeFile(RECORD_PATH, readFileSync(record));
  await setUp(pyodide);
  const verify = pyodide.pyimport("peergym.data.verify");
  const bytes = pyodide.pyimport("pathlib").Path(RECORD_PATH).read_bytes();
  return JSON.parse(verify.main_in_pyodide(bytes, spec, (done, total) => say({ done, total })));
}

/** Bring what the game needs around it; the zip of an old record knows of no such thing. */
async function setUp(pyodide) {
  let surroundings;
  try {
    surroundings = pyodide.pyimport("peergym.hosts.surroundings");
  } catch {
    return;
  }
  await loadPackages(pyodide, JSON.parse(surroundings.packages_of(RUNTIME_PATH)));
  surroundings.set_up(RUNTIME_PATH, LIBRARY_PATH);
}
