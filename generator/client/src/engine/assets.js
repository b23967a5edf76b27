/** The engine's files: brought by fetch or by script, unpacked, with progress in bytes. */
import { EngineError } from "./errors.js";
import { fromBase64, fromScript, onDisk } from "./scripts.js";

/**
 * @typedef {{ file: string, script: string, size: number, script_size: number, raw: number }} Asset
 * @typedef {{ duckdb: string, platform: string, wasm: Asset, worker: Asset, parquet: Asset }} EngineAssets
 *   the manifest's `engine`; file names are relative to the site's assets/ folder
 */

/**
 * @param {string} folder address of assets/, ending in "/"
 * @param {string} name logical name
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes called with each number of packed bytes that has come
 * @returns {Promise<ReadableStream<Uint8Array<ArrayBuffer>>>} the unpacked bytes
 */
export async function openAsset(folder, name, asset, onBytes) {
  const packed = onDisk()
    ? await scriptStream(folder, name, asset, onBytes)
    : await fetchStream(folder, asset, onBytes);
  return packed.pipeThrough(new DecompressionStream("gzip"));
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes
 */
async function scriptStream(folder, name, asset, onBytes) {
  const base64 = await fromScript(folder + asset.script, `asset ${name}`).catch((cause) => {
    throw missing(asset.script, cause);
  });
  onBytes(asset.size);
  return /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Blob([fromBase64(base64)]).stream());
}

/**
 * @param {string} folder
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes
 */
async function fetchStream(folder, asset, onBytes) {
  const answer = await fetch(folder + asset.file).catch((cause) => {
    throw missing(asset.file, cause);
  });
  if (!answer.ok || !answer.body) throw missing(asset.file, `status ${answer.status}`);
  const count = new TransformStream({
    transform(chunk, out) {
      onBytes(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  return answer.body.pipeThrough(count);
}

/**
 * @param {string} file
 * @param {unknown} cause
 */
const missing = (file, cause) =>
  new EngineError(`The query engine could not be loaded: assets/${file} is missing or cannot be read`, {
    cause,
  });
