/**
 * Answer a request of the checker in Pyodide under Node.js; see browser.py beside this file.
 *
 *     node answer.mjs PYODIDE_FOLDER RUNTIME_ZIP REQUEST_JSON SPEC PACKAGES
 *
 * PACKAGES is JSON: what Pyodide itself has to load, as pages are told. The steps are those of
 * client/src/worker/python.ts.
 *
 * Prints lines of JSON: {"done", "total"} now and then, {"result"} once.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const RUNTIME_PATH = "/runtime.zip";
const LIBRARY_PATH = "/library";
const [folder, runtime, request, spec, listed] = process.argv.slice(2);
const packages = JSON.parse(listed);

try {
  say({ result: await answer() });
} catch (error) {
  // The last line is what somebody reads.
  console.error(`${error.message}`.trim());
  process.exit(1);
}

async function answer() {
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
  if (packages.length > 0) {
    const quietly = { messageCallback: () => undefined };
    await pyodide.loadPackage(
      packages.map(({ name }) => name),
      quietly,
    );
  }
  const surroundings = pyodide.pyimport("peergym.hosts.surroundings");
  surroundings.set_up(RUNTIME_PATH, LIBRARY_PATH);
  surroundings.check_imports(JSON.stringify(packages.flatMap(({ imports }) => imports)));
  const game = pyodide.pyimport("peergym.games.catalogue").find_game(spec);
  const tell = (done, total) => say({ done, total });
  const elsewhere = pyodide.pyimport("peergym.envs.check.elsewhere");
  return JSON.parse(elsewhere.answer(game, readFileSync(request, "utf-8"), tell));
}

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
