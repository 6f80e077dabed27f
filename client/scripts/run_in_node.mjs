/**
 * Run one of our Python modules under Pyodide in Node.js, as `python -m MODULE ARGUMENTS` would.
 *
 *     node run_in_node.mjs --source ../src [--pyodide FOLDER] -- peergym.cli lab pong --json
 *
 * The folders it may see are the source and the working directory; output, exit status and files
 * written in the working directory are those of the module.
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadPyodideFrom, pyodideFolder } from "./pyodide_package.mjs";

const SOURCE = "/source";
const WORK = "/work_folder";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { source: { type: "string" }, pyodide: { type: "string" } },
});
const [module, ...argv] = positionals;
if (!values.source || !module) {
  console.error("usage: run_in_node.mjs --source FOLDER -- MODULE ARGUMENTS");
  process.exit(2);
}

const { pyodide } = await loadPyodideFrom(pyodideFolder(values.pyodide), {
  // The order of sets must not matter; a test may want to see that it does not.
  env: { HOME: WORK, PYTHONHASHSEED: process.env.PYTHONHASHSEED ?? "0" },
});
pyodide.mountNodeFS(SOURCE, resolve(values.source));
pyodide.mountNodeFS(WORK, process.cwd());
process.exitCode = run(pyodide);

function run(python) {
  const [os, sys, runpy] = ["os", "sys", "runpy"].map((name) => python.pyimport(name));
  os.chdir(WORK);
  for (const folder of [SOURCE, WORK]) sys.path.insert(0, folder);
  sys.argv = python.toPy([module, ...argv]);
  sys.dont_write_bytecode = true;
  try {
    runpy.run_module.callKwargs(module, { run_name: "__main__", alter_sys: true });
    return 0;
  } catch (error) {
    const status = /SystemExit: (\d+)\s*$/.exec(error.message);
    if (error.type === "SystemExit") return status ? Number(status[1]) : 0;
    console.error(error.message);
    return 1;
  } finally {
    sys.stdout.flush();
  }
}
