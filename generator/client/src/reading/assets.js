/** The files of the query engine and of Python: loaded by fetch or by script, unpacked, with progress in bytes. */
import { fetched } from "../shared/early.js";
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { unpacked } from "../shared/unpack.js";
import { EngineError, broken, damaged, missing, text } from "../shared/errors.js";
import { fromScript, onDisk } from "./scripts.js";

/**
 * @typedef {import('../shared/page.js').Asset} Asset
 * @typedef {(about: { file: string, why: string }) => string} Words
 * @typedef {object} How
 * @property {string} [type] of the unpacked bytes
 * @property {boolean} [byScript] by default where the page was opened from disk
 * @property {Words} [words] for a file that cannot be read
 */

/**
 * @template T
 * @param {string} folder address of assets/, ending in "/"
 * @param {string} name logical name
 * @param {Asset} asset
 * @param {(bytes: number) => void} onBytes called with the number of packed bytes of each part that arrives; negative where a part is read again
 * @param {(answer: Response) => Promise<T>} take consumes the unpacked bytes
 * @param {How} [how]
 * @returns {Promise<T>}
 */
export const readAsset = (
  folder,
  name,
  asset,
  onBytes,
  take,
  { type, byScript = onDisk(), words = ofEngine } = {},
) =>
  whileHere(async () => {
    let come = 0;
    const count = (/** @type {number} */ bytes) => {
      come += bytes;
      onBytes(bytes);
    };
    const path = byScript ? asset.script : asset.file;
    const failed = (/** @type {string} */ why, /** @type {unknown} */ cause) =>
      new EngineError(words({ file: `assets/${path}`, why }), { cause });
    try {
      const packed = byScript
        ? scriptStream(folder + path, name, failed)
        : fetchStream(folder + path, count, failed);
      const stream = await packed;
      if (byScript) count(asset.size);
      return await unpacked(stream, take, type);
    } catch (cause) {
      onBytes(-come);
      if (cause instanceof EngineError) throw cause;
      throw failed(reason(cause, come < asset.size), cause);
    }
  });

/** @param {unknown} cause @param {boolean} early whether less than the whole file had come */
function reason(cause, early) {
  if (cause instanceof WebAssembly.CompileError) return damaged(cause);
  return early ? broken() : text(cause);
}

/** @type {Words} */
const ofEngine = (about) => t("The query engine could not be loaded: {file}: {why}", about);

/**
 * @param {string} address
 * @param {string} name
 * @param {(why: string, cause?: unknown) => Error} failed
 */
async function scriptStream(address, name, failed) {
  const bytes = await fromScript(address, `asset ${name}`).catch((cause) => {
    throw cause instanceof EngineError ? cause : failed(missing(), cause);
  });
  return /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Blob([bytes]).stream());
}

/**
 * @param {string} address
 * @param {(bytes: number) => void} onBytes
 * @param {(why: string, cause?: unknown) => Error} failed
 */
async function fetchStream(address, onBytes, failed) {
  const answer = await fetched(address);
  if (!answer.ok || !answer.body) throw failed(`status ${answer.status}`);
  const count = new TransformStream({
    transform(chunk, out) {
      onBytes(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  return answer.body.pipeThrough(count);
}
