/** Bytes from base64 and back, by the browser itself where it can. */

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(base64) {
  const native = /** @type {any} */ (Uint8Array).fromBase64;
  if (native) return native.call(Uint8Array, base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes few: a checksum, a name */
export const toBase64 = (bytes) =>
  /** @type {any} */ (bytes).toBase64?.() ?? btoa(String.fromCharCode(...bytes));
