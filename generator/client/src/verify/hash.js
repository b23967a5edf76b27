/** SHA-256 of a stream of any length. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Files up to this size are hashed at once by the browser itself, where it can: it is several times faster. */
const AT_ONCE = 32 << 20;
/** Bytes after which the page can respond. */
const BREATH = 8 << 20;

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} size bytes expected; a longer stream is read only slightly beyond them
 * @param {(bytes: number) => void} onBytes
 * @returns {Promise<{size: number, sha256: string}>}
 */
export async function hashOf(stream, size, onBytes) {
  const native = size <= AT_ONCE && globalThis.crypto?.subtle ? new Uint8Array(size) : null;
  const hash = native ? null : sha256.create();
  const reader = stream.getReader();
  let [read, breath] = [0, 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (read + value.length > size) {
      await reader.cancel();
      return { size: read + value.length, sha256: "" };
    }
    native?.set(value, read);
    hash?.update(value);
    read += value.length;
    breath += value.length;
    onBytes(value.length);
    if (hash && breath > BREATH) {
      breath = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  if (!native) return { size: read, sha256: bytesToHex(/** @type {any} */ (hash).digest()) };
  const digest = await crypto.subtle.digest("SHA-256", native.subarray(0, read));
  return { size: read, sha256: bytesToHex(new Uint8Array(digest)) };
}
