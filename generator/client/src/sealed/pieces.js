/** The stream of an encrypted edition: its pieces, loaded by scripts, decrypted, and kept for a while. */
import { inParallel } from "../reading/bytes.js";
import { EngineError, damaged, missing, throwIfAborted } from "../shared/errors.js";
import { loadScript } from "../reading/scripts.js";
import { shared } from "../shared/once.js";
import { t } from "../shared/strings.js";

const KEPT = 64 << 20;
const PARALLEL = 6;

/** @param {number} number 0 is the index */
export function pieceFile(number) {
  const digits = (/** @type {number} */ n) => String(n).padStart(3, "0");
  return number
    ? `sealed/${digits(Math.floor(number / 1000))}/${digits(number % 1000)}.js`
    : "sealed/index.js";
}

export class DamagedPiece extends EngineError {
  /** @param {string} file @param {string} why @param {unknown} cause */
  constructor(file, why, cause) {
    super(t("The data could not be read: {file}: {why}", { file, why }), { kind: "bytes", cause });
    this.file = file;
  }
}

export class Pieces {
  /** @type {Map<number, Promise<Uint8Array<ArrayBuffer>>>} the ones used last are the last */
  #open = new Map();

  /** @param {string} root address of the edition, ending in "/" @param {import('./cipher.js').Cipher} cipher @param {{ piece: number, pieces: number }} header */
  constructor(root, cipher, { piece, pieces }) {
    this.root = root;
    this.cipher = cipher;
    this.size = piece;
    this.count = pieces;
  }

  /** @param {number} number */
  has(number) {
    return this.#open.has(number);
  }

  /** @param {number} number @param {AbortSignal} [signal] */
  get(number, signal) {
    const known = this.#open.get(number);
    if (known) {
      this.#open.delete(number);
      this.#open.set(number, known);
    }
    const wanted = shared(this.#open, number, () => this.#read(number, signal));
    for (const old of this.#open.keys()) {
      if (this.#open.size * this.size <= KEPT) break;
      this.#open.delete(old);
    }
    return wanted;
  }

  /** @param {number} number @param {AbortSignal} [signal] */
  async #read(number, signal) {
    const file = pieceFile(number);
    const failed = (/** @type {string} */ why, /** @type {unknown} */ cause) =>
      new DamagedPiece(file, why, cause);
    if (number > this.count) throw failed(t("it is not part of this edition"), undefined);
    const sealed = await loadScript(this.root + file, `chunk sealed ${number}`, signal).catch((cause) => {
      throw cause.name === "AbortError" ? cause : failed(missing(), cause);
    });
    try {
      const plain = await this.cipher.open(number, sealed);
      if (number && plain.length !== this.size) throw new Error("not of the size of a piece");
      return plain;
    } catch (cause) {
      throw failed(damaged(cause), cause);
    }
  }

  /** The pieces that contain bytes of the stream. @param {number} offset @param {number} length */
  *numbers(offset, length) {
    for (let at = Math.floor(offset / this.size); at * this.size < offset + length; at++) yield at + 1;
  }

  /**
   * Deliver bytes of the stream, piece by piece, not always in order.
   * @param {{ offset: number, length: number }[]} ranges
   * @param {(range: number, at: number, bytes: Uint8Array<ArrayBuffer>) => void} deliver number of the range, and the position in it
   * @param {import('../reading/bytes.js').ReadOptions} [options]
   */
  async read(ranges, deliver, { signal, onProgress } = {}) {
    /** @type {Map<number, number[]>} */
    const jobs = new Map();
    ranges.forEach(({ offset, length }, i) => {
      for (const number of this.numbers(offset, length)) jobs.set(number, [...(jobs.get(number) ?? []), i]);
    });
    let done = 0;
    await inParallel([...jobs], PARALLEL, async ([number, wanted]) => {
      throwIfAborted(signal);
      const bytes = await this.get(number, signal);
      const start = (number - 1) * this.size;
      for (const i of wanted) {
        const { offset, length } = ranges[i];
        const from = Math.max(offset, start);
        const to = Math.min(offset + length, start + bytes.length);
        deliver(i, from - offset, bytes.slice(from - start, to - start));
      }
      onProgress?.(++done * this.size, jobs.size * this.size);
    });
  }
}
