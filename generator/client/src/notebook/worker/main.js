/**
 * Runs in the worker, before Pyodide's own scripts, between Pyodide and the network: nothing is fetched.
 */
const scope = /** @type {any} */ (globalThis);
scope.importScripts = () => {
  throw new Error("Nothing is loaded from here");
};
