/** The engine's files: compiled while they download, which may begin before the script that uses them is there. */
import { EngineError, text } from "../shared/errors.js";
import { startWorker } from "../shared/trusted.js";

/**
 * @typedef {import('../shared/page.js').Asset} Asset
 * @typedef {import('../shared/page.js').EngineAssets} EngineAssets
 * @typedef {<T>(folder: string, name: string, asset: Asset, onBytes: (bytes: number) => void,
 *   take: (answer: Response) => Promise<T>, how?: { type?: string }) => Promise<T>} ReadAsset reads an asset, unpacked
 * @typedef {(loaded: number, total: number, stage: 'engine' | 'start' | 'ready') => void} Progress bytes, bytes
 * @typedef {{ module: WebAssembly.Module, parquet: ArrayBuffer }} Binaries
 * @typedef {ReturnType<typeof startWorker> & { failed: Promise<never> }} Begun a worker that waits for the engine
 * @typedef {{ begin: () => Begun, binaries: Promise<Binaries> }} Parts needed for a restart; `begin`: a worker, at first the one that
 *   started while the rest was on its way
 */

/** @type {Promise<Parts> | null} */
let begun = null;
/** @type {Set<Progress>} */
const listeners = new Set();
/** @type {Parameters<Progress> | null} */
let reached = null;

/**
 * Load the engine's files, unless that has begun; after a failure the next call tries again.
 * @param {string} root address of the release
 * @param {EngineAssets} assets
 * @param {ReadAsset} readAsset
 * @param {Progress} [onProgress]
 * @returns {Promise<Parts>}
 */
export function load(root, assets, readAsset, onProgress) {
  if (onProgress) listeners.add(onProgress);
  if (onProgress && reached) onProgress(...reached);
  begun ??= read(`${root}assets/`, assets, readAsset, (...now) => {
    reached = now;
    for (const listener of listeners) listener(...now);
  });
  const mine = begun;
  const again = () => {
    if (begun === mine) begun = null;
  };
  mine.then(({ binaries }) => binaries).catch(again);
  return mine;
}

/**
 * @param {string} folder address of the site's assets/
 * @param {EngineAssets} assets
 * @param {ReadAsset} readAsset
 * @param {Progress} onProgress
 * @returns {Promise<Parts>}
 */
async function read(folder, assets, readAsset, onProgress) {
  const total = assets.wasm.size + assets.worker.size + assets.parquet.size;
  let loaded = 0;
  const onBytes = (/** @type {number} */ bytes) => onProgress((loaded += bytes), total, "engine");
  const compile = (/** @type {Response} */ answer) => WebAssembly.compileStreaming(answer);
  const script = readAsset(folder, "worker", assets.worker, onBytes, (answer) => answer.blob());
  const wasm = readAsset(folder, "duckdb", assets.wasm, onBytes, compile, { type: "application/wasm" });
  const extension = readAsset(folder, "parquet", assets.parquet, onBytes, (answer) => answer.arrayBuffer());
  const binaries = Promise.all([wasm, extension]).then(([module, parquet]) => {
    onProgress(total, total, "start");
    return { module, parquet };
  }, notStarted);
  binaries.catch(() => {});
  const code = new Blob([await script.catch(notStarted)], { type: "text/javascript" });
  /** @type {Begun | null} */
  let first = begin(code);
  return {
    begin() {
      const one = first ?? begin(code);
      first = null;
      return one;
    },
    binaries,
  };
}

/** @param {Blob} code @returns {Begun} */
function begin(code) {
  const one = startWorker(code);
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => one.worker.addEventListener("error", reject));
  failed.catch(() => {});
  return { ...one, failed };
}

/** @param {unknown} cause @returns {never} */
function notStarted(cause) {
  throw cause instanceof EngineError
    ? cause
    : new EngineError(`The query engine could not be started: ${text(cause)}`, { cause });
}
