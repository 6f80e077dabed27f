/**
 * Execute a record in Pyodide under Node.js, as a page would; see re_execution.py beside this file.
 *
 *     node re_execute.mjs PYODIDE_FOLDER RUNTIME_ZIP RECORD SPEC
 *
 * Prints lines of JSON: {"done", "total"} now and then, {"result"} once.
 */

import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const RUNTIME_PATH = "/runtime.zip";
const LIBRARY_PATH = "/libraries";
const RECORD_PATH = "/record.pgr";
const [folder, runtime, record, spec] = process.argv.slice(2);

try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Then it runs like any other.
}
try {
  say({ result: await execute() });
} catch (error) {
  // The last line is what somebody reads.
  console.error(`${error.message}`.trim());
  process.exit(1);
}

async function execute() {
  const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
  const pyodide = await loadPyodide({
    indexURL: `${folder}/`,
    // The order of sets must not matter; and a game that prints must not disturb the lines here.
    env: { HOME: "/", PYTHONHASHSEED: "0" },
    stdout: (line) => console.error(line),
    stderr: (line) => console.error(line),
  });
  pyodide.FS.writeFile(RUNTIME_PATH, readFileSync(runtime));
  pyodide.FS.writeFile(RECORD_PATH, readFileSync(record));
  pyodide.runPython(`import sys; sys.path.insert(0, "${RUNTIME_PATH}")`);
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
  const names = JSON.parse(surroundings.packages_of(RUNTIME_PATH));
  if (names.length > 0) await pyodide.loadPackage(names, { messageCallback: () => {} });
  surroundings.set_up(RUNTIME_PATH, LIBRARY_PATH);
}

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
