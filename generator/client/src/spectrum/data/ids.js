/** Ids of spectra as written in addresses. */

/** @typedef {bigint | string} Id */

/**
 * @param {string} text
 * @param {'long' | 'string'} datatype
 * @param {boolean} [unsigned] numbers beyond 2^63 too, which catalogues may have
 * @returns {Id | null}
 */
export function parseId(text, datatype, unsigned = false) {
  if (datatype === "string") return text || null;
  const digits = /^\s*\+?(-?\d{1,20})\s*$/.exec(text)?.[1];
  if (digits === undefined) return null;
  const id = BigInt(digits);
  return BigInt.asIntN(64, id) === id || (unsigned && BigInt.asUintN(64, id) === id) ? id : null;
}
