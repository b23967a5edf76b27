/** What a value is as text, wherever it came from. */

/**
 * The double that is written with the fewest digits among those that become this 32-bit float.
 * @param {number} value
 */
export function shortest(value) {
  if ((Number.isInteger(value) && Math.abs(value) < 2 ** 24) || !Number.isFinite(value)) return value;
  for (let digits = Math.abs(value) < 1e-37 ? 1 : 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/**
 * A value as text in full precision, the same in tables and exports; read back, it is the same value.
 * @param {any} value as `rows` gives it
 * @param {string} [type] as `types` names it
 * @returns {string} empty for null
 */
export function format(value, type = "") {
  if (value === null || value === undefined) return "";
  if (typeof value === "number")
    return Object.is(value, -0) ? "-0" : String(type === "FLOAT" ? shortest(Math.fround(value)) : value);
  if (value instanceof Uint8Array) return Array.from(value, (b) => b.toString(16).padStart(2, "0")).join("");
  if (typeof value === "object") return JSON.stringify(value, exact);
  return String(value);
}

/**
 * JSON without loss: integers beyond 2^53 stand as text, as do NaN and the infinities.
 * @param {string} _
 * @param {any} value
 */
function exact(_, value) {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? format(value) : value;
}
