// A module worker with the shipped Python and package, running one benchmark file and nothing of
// the page. Gets {pyodideUrl, runtimeUrl, files, module}; says {progress} and, last, {figures}.
self.onmessage = async ({ data }) => {
  try {
    const { loadPyodide } = await import(`${data.pyodideUrl}pyodide.mjs`);
    const pyodide = await loadPyodide({ indexURL: data.pyodideUrl });
    const runtime = await (await fetch(data.runtimeUrl)).arrayBuffer();
    pyodide.FS.writeFile("/runtime.zip", new Uint8Array(runtime));
    for (const [name, text] of Object.entries(data.files)) pyodide.FS.writeFile(`/home/pyodide/${name}`, text);
    const sys = pyodide.pyimport("sys");
    sys.path.insert(0, "/runtime.zip");
    sys.path.insert(0, "/home/pyodide");
    const figures = pyodide
      .pyimport(data.module)
      .measure_all((progress) => self.postMessage({ progress }))
      .toJs({ dict_converter: Object.fromEntries });
    self.postMessage({ figures, isIsolated: self.crossOriginIsolated, python: sys.version });
  } catch (error) {
    self.postMessage({ failure: String(error) });
  }
};
