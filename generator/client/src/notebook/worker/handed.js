/** What Python gets from JavaScript; the same where the snapshot of its memory is made as where that is loaded. */

/** Environment variables. */
export const ENVIRONMENT = {
  HOME: "/home/reader",
  MPLBACKEND: "module://drportal_cells.plots",
  MPLCONFIGDIR: "/home/reader",
};

/** What `import js` has while Pyodide starts: its modules expect these names. Afterwards there is no such module. @param {any} scope */
export function handed(scope) {
  const bound = (/** @type {string} */ name) => [name, scope[name].bind(scope)];
  return {
    ...Object.fromEntries(["setTimeout", "clearTimeout", "setInterval", "clearInterval"].map(bound)),
    eval: () => {
      throw new Error("JavaScript cannot be run here");
    },
    Object,
    AbortController,
    AbortSignal,
  };
}
