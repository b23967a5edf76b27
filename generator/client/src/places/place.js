/** What the places that receive files have in common. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/**
 * @typedef {import("../results/export/deliver.js").SavedFile} SavedFile
 * @typedef {"sha256" | "md5" | "length" | "none"} Checked what was compared at the end
 * @typedef {object} Transfer of one file
 * @property {string} name under which it is saved; may change until the transfer has run
 * @property {(signal: AbortSignal, onBytes: (sent: number) => void) => Promise<Checked>} run sends the file; after a `Lost` it can be
 *   called again, and then continues
 * @property {() => Promise<unknown>} undo removes what has arrived
 * @typedef {object} Place
 * @property {string} title for display
 * @property {(file: SavedFile) => Transfer} start
 * @property {boolean} [once] for one file only
 */

/** Bytes of a file read at a time. */
const PIECE = 4 << 20;

/** @param {Blob} blob @param {AbortSignal} [signal] @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>} */
export async function* pieces(blob, signal) {
  for (let at = 0; at < blob.size; at += PIECE) {
    signal?.throwIfAborted();
    yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
  }
}

/** @param {Blob} blob @param {AbortSignal} [signal] @returns {Promise<string>} in hexadecimal */
export async function sha256Of(blob, signal) {
  const sum = sha256.create();
  for await (const piece of pieces(blob, signal)) sum.update(piece);
  return bytesToHex(sum.digest());
}

/**
 * A name that no other file has: nothing is overwritten.
 * @param {string} name wanted @param {(name: string) => Promise<boolean>} taken
 */
export async function freeName(name, taken) {
  const [, stem, ending] = /^(.*?)((?:\.\w+)?)$/.exec(name) ?? [];
  let free = name;
  for (let n = 2; await taken(free); n++) free = `${stem}_${n}${ending}`;
  return free;
}
