// A module worker that does nothing but load Python as it comes; says how long that took.
self.onmessage = async ({ data }) => {
  try {
    const { loadPyodide } = await import(`${data.pyodideUrl}pyodide.mjs`);
    await loadPyodide({ indexURL: data.pyodideUrl });
    self.postMessage({ figures: {} });
  } catch (error) {
    self.postMessage({ failure: String(error) });
  }
};
