/** The files of Python: read with progress, compiled once, kept for a restart. */
import { EngineError, text } from "../shared/errors.js";
import { t } from "../shared/strings.js";

/**
 * @typedef {import("../shared/page.js").Asset} Asset
 * @typedef {typeof import("../reading/assets.js").readAsset} ReadAsset
 * @typedef {import("../reading/assets.js").How} How
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
 * @param {string | null} address where the whole release is, if that is known
 * @returns {Promise<Parts>}
 */
export async function loadParts(folder, assets, readAsset, onBytes, address) {
  const named = filesOf(assets);
  const all = [assets.worker, assets.wasm, assets.bridge, assets.fonts, ...named.map(({ asset }) => asset)];
  const total = all.reduce((sum, { size }) => sum + size, 0);
  let loaded = 0;
  const count = (/** @type {number} */ bytes) => onBytes((loaded += bytes), total);
  /** @type {<T>(name: string, asset: Asset, take: (answer: Response) => Promise<T>, how?: How) => Promise<T>} */
  const read = (name, asset, take, how) =>
    readAsset(folder, `python/${name}`, asset, count, take, { words: ofPart, ...how });
  const bytes = (/** @type {Response} */ answer) => answer.arrayBuffer();
  const blob = (/** @type {Response} */ answer) => answer.blob();
  const compile = (/** @type {Response} */ answer) => WebAssembly.compileStreaming(answer);
  try {
    // The smallest part comes first, and by a script over HTTP too: where a copy was made without Python, a script in
    // its place says where Python is, and nothing is asked for that is not there.
    const words = (/** @type {{ file: string }} */ { file }) => ofCopy(file, address);
    const fonts = await read("fonts", assets.fonts, bytes, { byScript: true, words });
    const [worker, module, bridge, ...files] = await Promise.all([
      read("worker", assets.worker, blob),
      read("wasm", assets.wasm, compile, { type: "application/wasm" }),
      read("bridge", assets.bridge, bytes),
      ...named.map(({ key, asset }) => read(key, asset, bytes)),
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
