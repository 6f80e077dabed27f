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
import {
  loadPackages,
  RUNTIME_PATH,
  say,
  sayResult,
  startPyodide,
} from "../../server/pyodide_in_node.mjs";

const LIBRARY_PATH = "/library";
const [folder, runtime, request, spec, listed] = process.argv.slice(2);
const packages = JSON.parse(listed);

await sayResult(answer);

async function answer() {
  const pyodide = await startPyodide(folder, runtime);
  await loadPackages(
    pyodide,
    packages.map(({ name }) => name),
  );
  const surroundings = pyodide.pyimport("peergym.hosts.surroundings");
  surroundings.set_up(RUNTIME_PATH, LIBRARY_PATH);
  surroundings.check_imports(JSON.stringify(packages.flatMap(({ imports }) => imports)));
  const game = pyodide.pyimport("peergym.games.catalogue").find_game(spec);
  const tell = (done, total) => say({ done, total });
  const elsewhere = pyodide.pyimport("peergym.envs.check.elsewhere");
  return JSON.parse(elsewhere.answer(game, readFileSync(request, "utf-8"), tell));
}
