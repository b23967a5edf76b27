/** Masks as numbers, and the statement for finding rows by their bits. */
import { quoteName } from "./literals.js";

/** The largest mask that can be searched for: 63 bits, as the last of 64 is the sign. */
const HIGHEST = 2n ** 63n - 1n;

/** @param {string} text @returns {bigint | null} null where it is not the number of a mask */
export function readMask(text) {
  const plain = text.trim().replaceAll("_", "");
  if (!/^(\d+|0x[\da-f]+|0b[01]+)$/i.test(plain)) return null;
  const value = BigInt(plain);
  return value > HIGHEST ? null : value;
}

/** @param {bigint} value @returns {number[]} the bits that are set, the lowest first */
export function bitsOf(value) {
  /** @type {number[]} */
  const bits = [];
  for (let bit = 0; value >> BigInt(bit); bit++) if ((value >> BigInt(bit)) & 1n) bits.push(bit);
  return bits;
}

/** @param {Iterable<number>} bits */
export const maskOf = (bits) => [...bits].reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

/**
 * The statement for the rows with all of these bits, or without any bits for none.
 * @param {string} catalogue @param {string} column @param {bigint} mask @param {string} where SQL that is true where the column has a value
 */
export function maskQuery(catalogue, column, mask, where) {
  const has = mask ? `(${quoteName(column)} & ${mask}) = ${mask}` : `${quoteName(column)} = 0`;
  return `SELECT * FROM ${quoteName(catalogue)} WHERE ${has} AND ${where}`;
}
