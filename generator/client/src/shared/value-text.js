/** Values as text, whatever their source. */

/**
 * The double with the fewest digits among those that round to this 32-bit float.
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
 * @param {any} value as returned by `rows`
 * @param {string} [type] as named in `types`
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
 * JSON without loss: integers beyond 2^53 are text, as are NaN and the infinities.
 * @param {string} _
 * @param {any} value
 */
function exact(_, value) {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? format(value) : value;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export const floorDiv = (a, b) => (a - (((a % b) + b) % b)) / b;

/**
 * @param {Uint32Array} words least significant first, two's complement
 * @param {number} at
 * @param {number} count
 * @param {number} scale digits after the point
 */
export function decimal(words, at, count, scale) {
  let value = BigInt(words[at + count - 1] | 0);
  for (let k = count - 2; k >= 0; k--) value = (value << 32n) | BigInt(words[at + k] >>> 0);
  return decimalText(value, scale);
}

/**
 * @param {bigint} value in units of its last digit
 * @param {number} scale digits after the point
 */
export function decimalText(value, scale) {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? "-" : ""}${whole}${scale ? `.${digits.slice(digits.length - scale)}` : ""}`;
}

/**
 * Days since 1970-01-01 as an ISO date; years beyond 0–9999 have a sign, as ISO 8601 requires.
 * @param {bigint} days
 */
export function dateText(days) {
  if (days === 2147483647n) return "infinity"; // values that DuckDB uses for the infinities
  if (days === -2147483647n) return "-infinity";
  const shifted = days + 719468n;
  const era = floorDiv(shifted, 146097n);
  const inEra = Number(shifted - era * 146097n);
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36524) - Math.floor(inEra / 146096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = Number(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const shown =
    year >= 0 && year <= 9999
      ? String(year).padStart(4, "0")
      : `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
  return `${shown}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/**
 * @param {bigint} ticks since midnight
 * @param {number} digits of a second in one tick
 */
export function timeText(ticks, digits) {
  const unit = 10n ** BigInt(digits);
  const seconds = Number(ticks / unit);
  const fraction = digits
    ? String(ticks % unit)
        .padStart(digits, "0")
        .replace(/0+$/, "")
    : "";
  const pair = (/** @type {number} */ n) => String(Math.floor(n)).padStart(2, "0");
  return `${pair(seconds / 3600)}:${pair((seconds / 60) % 60)}:${pair(seconds % 60)}${fraction ? `.${fraction}` : ""}`;
}

/**
 * @param {bigint} ticks since 1970-01-01T00:00:00
 * @param {number} digits
 * @param {string} [zone] suffix of a timestamp
 */
export function stampText(ticks, digits, zone = "") {
  if (ticks === 9223372036854775807n) return "infinity";
  if (ticks === -9223372036854775807n) return "-infinity";
  const day = 86400n * 10n ** BigInt(digits);
  const days = floorDiv(ticks, day);
  return `${dateText(days)}T${timeText(ticks - days * day, digits)}${zone}`;
}

/** A value of a column of numbers as a double: decimals are text, whole numbers of 64 bits BigInt. @param {unknown} value */
export function numberOf(value) {
  if (typeof value === "number") return value;
  const exact = typeof value === "bigint" || (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value));
  return exact ? Number(value) : NaN;
}
