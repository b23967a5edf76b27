/**
 * The files of Python: read with progress, compiled once, kept for a restart. Python starts as soon as the interpreter is there;
 * what the cells need follows, and then the other packages.
 */
import { EngineError, text } from "../shared/errors.js";
import { t } from "../shared/strings.js";
import { SNAPSHOT } from "./worker/names.js";
import { wholeOf } from "./worker/packages.js";

/**
 * @typedef {import("../shared/page.js").Asset} Asset
 * @typedef {typeof import("../reading/assets.js").readAsset} ReadAsset
 * @typedef {import("../reading/assets.js").How} How
 * @typedef {import("./worker/packages.js").Lock} Lock
 * @typedef {{ worker: Blob, module: WebAssembly.Module, files: Map<string, Promise<ArrayBuffer>>, bridge: ArrayBuffer, fonts: ArrayBuffer, packages: string[], lock: Lock, text: string }} Parts
 *   files: those that Pyodide asks for, by the names that it gives them; text: of all cells
 * @typedef {(loaded: number, total: number) => void} OnBytes
 */

/**
 * @param {string} folder address of assets/, ending in "/"
 * @param {import("../formats.d.ts").PythonAssets} assets
 * @param {ReadAsset} readAsset
 * @param {OnBytes} onBytes
 * @param {string | null} address where the whole release is, if that is known
 * @param {string[]} texts of cells: the packages of the first text are read first
 * @returns {Promise<Parts>}
 */
export async function loadParts(folder, assets, readAsset, onBytes, address, texts) {
  let loaded = 0;
  let total = 0;
  const count = (/** @type {number} */ bytes) => onBytes((loaded += bytes), total);
  /** @type {<T>(name: string, asset: Asset, take: (answer: Response) => Promise<T>, how?: How) => Promise<T>} */
  const read = (name, asset, take, how) => {
    total += asset.size;
    return readAsset(folder, `python/${name}`, asset, count, take, { words: ofPart, ...how });
  };
  const bytes = (/** @type {Response} */ answer) => answer.arrayBuffer();
  const blob = (/** @type {Response} */ answer) => answer.blob();
  const compile = (/** @type {Response} */ answer) => WebAssembly.compileStreaming(answer);
  try {
    // The smallest part comes first, and by a script over HTTP too: where a copy was made without Python, a script in
    // its place says where Python is, and nothing is asked for that is not there.
    const words = (/** @type {{ file: string }} */ { file }) => ofCopy(file, address);
    const fonts = await read("fonts", assets.fonts, bytes, { byScript: true, words });
    const snapshot = read("snapshot", assets.snapshot, bytes);
    const stdlib = read("stdlib", assets.stdlib, bytes);
    const parts = Promise.all([
      read("worker", assets.worker, blob),
      read("wasm", assets.wasm, compile, { type: "application/wasm" }),
      read("bridge", assets.bridge, bytes),
    ]);
    // what fails meanwhile is thrown below
    for (const one of [snapshot, stdlib, parts]) one.catch(() => {});
    const locked = await read("lock", assets.lock, bytes);
    /** @type {Lock} */
    const lock = JSON.parse(new TextDecoder().decode(locked)).packages;
    const packages = Object.keys(assets.packages);
    /** @type {Parts["files"]} */
    const files = new Map([
      [SNAPSHOT, snapshot],
      ["python_stdlib.zip", stdlib],
      ["pyodide-lock.json", Promise.resolve(locked)],
    ]);
    const file = (/** @type {string} */ name) => read(`packages/${name}`, assets.packages[name], bytes);
    const first = Promise.all([snapshot, stdlib, parts]);
    const wanted = [...texts.map((one) => wholeOf(packages, lock, one)), packages];
    for (const [name, come] of inTurn(wanted, file, first)) files.set(assets.packages[name].file_name, come);
    const [worker, module, bridge] = await parts;
    await Promise.all([snapshot, stdlib]);
    return {
      worker: new Blob([worker], { type: "text/javascript" }),
      module,
      bridge,
      fonts,
      files,
      packages,
      lock,
      text: texts.join("\n"),
    };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(t("Python could not be started: {error}", { error: text(cause) }), { cause });
  }
}

/**
 * Read packages in turn: the first ones at once, each later group when those before it are there.
 * @param {string[][]} groups @param {(name: string) => Promise<ArrayBuffer>} read
 * @param {Promise<unknown>} first what the later groups wait for too
 */
function inTurn(groups, read, first) {
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  const files = new Map();
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  for (const [i, group] of groups.entries()) {
    const start = before;
    const come = group
      .filter((name) => !files.has(name))
      .map((name) => {
        const file = i ? start.then(() => read(name)) : read(name);
        // the worker says so, where a cell needs it
        file.catch(() => {});
        files.set(name, file);
        return file;
      });
    before = Promise.allSettled([first, start, ...come]);
  }
  return files;
}

const ofPart = (/** @type {{ file: string, why: string }} */ about) =>
  t("Python could not be loaded: {file}: {why}", about);

/** @param {string} file @param {string | null} address */
function ofCopy(file, address) {
  const said = t(
    "Python is not on this copy: {file} is missing or damaged. The whole release has it, in the folder assets/python.",
    { file },
  );
  return address ? `${said} ${address}` : said;
}
