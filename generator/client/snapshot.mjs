/**
 * Writes Python's memory as it is once it has started, for pages to begin with: `node snapshot.mjs PYODIDE FILE`. PYODIDE is a folder
 * with Pyodide's files. Time and chance stand still meanwhile, so that the same inputs give the same bytes.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { loadPyodide } from "pyodide";
import { ENVIRONMENT, handed } from "./src/notebook/worker/handed.js";

const [folder, file] = process.argv.slice(2);
Date.now = () => 315_532_800_000;
performance.now = () => 0;
crypto.getRandomValues = (array) => array;
process.env.TZ = "UTC";
// The last word becomes the name of the time zone, whatever that is where the page is read.
Date.prototype.toLocaleTimeString = () => "00:00:00 local";
const python = await loadPyodide({
  indexURL: folder,
  jsglobals: handed(globalThis),
  env: { ...ENVIRONMENT, PYTHONHASHSEED: "0" },
  _makeSnapshot: true,
});
writeFileSync(file, python.makeMemorySnapshot());
process.exit(0);
