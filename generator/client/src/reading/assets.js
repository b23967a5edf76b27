/** The files of the query engine and of Python: loaded by fetch or by script, unpacked, with progress in bytes. */
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { unpacked } from "../shared/unpack.js";
import { EngineError, broken, missing, text } from "../shared/errors.js";
import { fromScript, onDisk } from "./scripts.js";

/** @typedef {import('../shared/page.js').Asset} Asset */

/**
 * @template T
 * @param {string} folder address of assets/, ending in "/"
 * @param {string} name logical name
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes called with the number of packed bytes of each part that arrives; negative where a part is read again
 * @param {(answer: Response) => Promise<T>} take consumes the unpacked bytes
 * @param {string} [type] of the unpacked bytes
 * @returns {Promise<T>}
 */
export const readAsset = (folder, name, asset, onBytes, take, type) =>
  whileHere(async () => {
    let come = 0;
    const count = (/** @type {number} */ bytes) => {
      come += bytes;
      onBytes(bytes);
    };
    try {
      const packed = onDisk() ? scriptStream(folder, name, asset, count) : fetchStream(folder, asset, count);
      return await unpacked(await packed, take, type);
    } catch (cause) {
      onBytes(-come);
      if (cause instanceof EngineError) throw cause;
      throw failed(asset.file, come < asset.size ? broken() : text(cause), cause);
    }
  });

/**
 * @param {string} folder
 * @param {string} name
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes
 */
async function scriptStream(folder, name, asset, onBytes) {
  const bytes = await fromScript(folder + asset.script, `asset ${name}`).catch((cause) => {
    throw failed(asset.script, missing(), cause);
  });
  onBytes(asset.size);
  return /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Blob([bytes]).stream());
}

/**
 * @param {string} folder
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes
 */
async function fetchStream(folder, asset, onBytes) {
  const answer = await fetch(folder + asset.file);
  if (!answer.ok || !answer.body) throw failed(asset.file, `status ${answer.status}`);
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
 * @param {string} why
 * @param {unknown} [cause]
 */
const failed = (file, why, cause) =>
  new EngineError(
    file.startsWith("python/")
      ? t("Python could not be loaded: {file}: {why}", { file: `assets/${file}`, why })
      : t("The query engine could not be loaded: {file}: {why}", { file: `assets/${file}`, why }),
    { cause },
  );
