/** The files of the query engine and of Python: loaded by fetch or by script, unpacked, with progress in bytes. */
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { unpacked } from "../shared/unpack.js";
import { EngineError, broken, missing, text } from "../shared/errors.js";
import { fromBase64, fromScript, onDisk } from "./scripts.js";

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
      if (onDisk()) return await unpacked(await scriptStream(folder, name, asset, count), take, type);
      const answer = await fetch(folder + asset.file);
      if (!answer.ok || !answer.body) throw failed(asset.file, `status ${answer.status}`);
      return await unpacked(counted(answer.body, count), take, type);
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
  const base64 = await fromScript(folder + asset.script, `asset ${name}`).catch((cause) => {
    throw failed(asset.script, missing(), cause);
  });
  onBytes(asset.size);
  return /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Blob([fromBase64(base64)]).stream());
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {(bytes: number) => void} onBytes
 */
function counted(body, onBytes) {
  const count = new TransformStream({
    transform(chunk, out) {
      onBytes(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  return body.pipeThrough(count);
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
