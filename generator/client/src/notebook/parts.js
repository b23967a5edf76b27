/** The files of Python: read with progress, compiled once, kept for a restart. */
import { EngineError, text } from "../shared/errors.js";
import { t } from "../shared/strings.js";

/**
 * @typedef {import("../shared/page.js").Asset} Asset
 * @typedef {import("../engine/load.js").ReadAsset} ReadAsset
 * @typedef {{ worker: Blob, module: WebAssembly.Module, files: Map<string, ArrayBuffer>, bridge: ArrayBuffer, fonts: ArrayBuffer, packages: string[] }} Parts
 * @typedef {(loaded: number, total: number) => void} OnBytes
 */

/**
 * The files that Pyodide asks for, by the names that it gives them.
 * @param {import("../formats.d.ts").PythonAssets} assets
 * @returns {{ file: string, key: string, asset: Asset }[]}
 */
const filesOf = ({ stdlib, lock, packages }) => [
  { file: "python_stdlib.zip", key: "stdlib", asset: stdlib },
  { file: "pyodide-lock.json", key: "lock", asset: lock },
  ...Object.entries(packages).map(([name, asset]) => ({
    file: asset.file_name,
    key: `packages/${name}`,
    asset,
  })),
];

/**
 * @param {string} folder address of assets/, ending in "/"
 * @param {import("../formats.d.ts").PythonAssets} assets
 * @param {ReadAsset} readAsset
 * @param {OnBytes} onBytes
 * @returns {Promise<Parts>}
 */
export async function loadParts(folder, assets, readAsset, onBytes) {
  const named = filesOf(assets);
  const all = [assets.worker, assets.wasm, assets.bridge, assets.fonts, ...named.map(({ asset }) => asset)];
  const total = all.reduce((sum, { size }) => sum + size, 0);
  let loaded = 0;
  const count = (/** @type {number} */ bytes) => onBytes((loaded += bytes), total);
  const bytes = (/** @type {string} */ name, /** @type {Asset} */ asset) =>
    readAsset(folder, `python/${name}`, asset, count, (answer) => answer.arrayBuffer());
  const compile = (/** @type {Response} */ answer) => WebAssembly.compileStreaming(answer);
  try {
    const [worker, module, bridge, fonts, ...files] = await Promise.all([
      readAsset(folder, "python/worker", assets.worker, count, (answer) => answer.blob()),
      readAsset(folder, "python/wasm", assets.wasm, count, compile, "application/wasm"),
      bytes("bridge", assets.bridge),
      bytes("fonts", assets.fonts),
      ...named.map(({ key, asset }) => bytes(key, asset)),
    ]);
    return {
      worker: new Blob([worker], { type: "text/javascript" }),
      module,
      bridge,
      fonts,
      files: new Map(named.map(({ file }, i) => [file, files[i]])),
      packages: Object.keys(assets.packages),
    };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(t("Python could not be started: {error}", { error: text(cause) }), { cause });
  }
}
