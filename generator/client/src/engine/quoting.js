/** Quoting, so that no name or value can end the quoted text. */

/** @param {string} name */
export const quoteName = (name) => `"${name.replaceAll('"', '""')}"`;

/**
 * A value as an SQL literal. Numbers are written in full; bigint stays exact.
 * @param {string | number | bigint | boolean | null} value
 */
export function literal(value) {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return `'${value}'::DOUBLE`;
    return Object.is(value, -0) ? "-0.0::DOUBLE" : String(value);
  }
  return String(value);
}
