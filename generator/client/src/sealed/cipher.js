/** AES-256-GCM and scrypt. Mirrors generator/publish/vault.py. */
import { gcm } from "@noble/ciphers/aes.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";

const FORMAT = "drportal-sealed-2";
/** Limits for a header: memory is 128 · N · r bytes. */
const MOST = { n: 1 << 20, r: 16, p: 4 };

/**
 * @typedef {Omit<import('../formats.d.ts').SealedHeader, "format">} Header
 */

/** Whether a header can be opened here. @param {any} header @returns {header is Header} */
export function isHeader(header) {
  const { kdf } = header ?? {};
  const whole = (/** @type {unknown} */ n, /** @type {number} */ most) =>
    Number.isSafeInteger(n) && Number(n) > 0 && Number(n) <= most;
  return (
    header?.format === FORMAT &&
    kdf?.name === "scrypt" &&
    whole(kdf.n, MOST.n) &&
    whole(kdf.r, MOST.r) &&
    whole(kdf.p, MOST.p) &&
    whole(header.piece, 16 << 20) &&
    whole(header.pieces, 2 ** 40) &&
    typeof kdf.salt === "string" &&
    typeof header.check === "string"
  );
}

/**
 * The key derived from a passphrase; null if the passphrase is wrong.
 * @param {string} passphrase @param {Header} header @param {(part: number) => void} [onProgress] from 0 to 1
 */
export async function deriveKey(passphrase, { kdf, check }, onProgress) {
  const salt = Uint8Array.from(atob(kdf.salt), (c) => c.charCodeAt(0));
  const made = await scryptAsync(passphrase.normalize("NFKC"), salt, {
    N: kdf.n,
    r: kdf.r,
    p: kdf.p,
    dkLen: 48,
    onProgress,
    asyncTick: 50,
    maxmem: 2 ** 32,
  });
  return btoa(String.fromCharCode(...made.slice(32))) === check ? made.slice(0, 32) : null;
}

export class Cipher {
  #bytes;
  #pieces;
  /** @type {Promise<CryptoKey> | null} */
  #key;

  /** @param {Uint8Array<ArrayBuffer>} key @param {number} pieces */
  constructor(key, pieces) {
    this.#bytes = key;
    this.#pieces = pieces;
    // Browsers do not give WebCrypto to pages over plain HTTP from another computer.
    this.#key = globalThis.crypto?.subtle
      ? crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"])
      : null;
  }

  /**
   * A decrypted piece. Rejects one that is damaged, has another number, or is of another edition.
   * @param {number} number @param {Uint8Array<ArrayBuffer>} sealed
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async open(number, sealed) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(4, BigInt(number));
    const additionalData = new Uint8Array(FORMAT.length + 16);
    additionalData.set(new TextEncoder().encode(FORMAT));
    const view = new DataView(additionalData.buffer, FORMAT.length);
    view.setBigUint64(0, BigInt(number));
    view.setBigUint64(8, BigInt(this.#pieces));
    if (!this.#key)
      return /** @type {Uint8Array<ArrayBuffer>} */ (gcm(this.#bytes, iv, additionalData).decrypt(sealed));
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData, tagLength: 128 },
      await this.#key,
      sealed,
    );
    return new Uint8Array(plain);
  }
}
