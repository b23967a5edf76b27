/**
 * JSON: one object that describes the table and contains its rows, each an object. JSON has no 64-bit integers that
 * every reader keeps exact: a column with a number beyond 2^53 is written as text throughout, and marked.
 *
 * @typedef {import("./votable.js").Field} Field
 */
import { format } from "../../shared/value-text.js";
import { votableType } from "./votable.js";

const SAFE = Number.MAX_SAFE_INTEGER;

/**
 * Which columns have whole numbers that a double cannot represent.
 * @param {Field[]} fields @param {import("./fits.js").Read} read @returns {Promise<boolean[]>}
 */
export async function wideColumns(fields, read) {
  const long = fields.filter((field) => /int$/i.test(field.type) && !/^u?(tiny|small)int$/i.test(field.type));
  const wide = new Set();
  if (long.length) {
    for await (const rows of read(long.map((field) => field.name))) {
      for (const row of rows) {
        for (let i = 0; i < long.length; i++) {
          const value = /** @type {any} */ (row[i]);
          if (value !== null && (value > SAFE || value < -SAFE)) wide.add(long[i].name);
        }
      }
    }
  }
  return fields.map((field) => wide.has(field.name));
}

/**
 * @param {Field[]} fields @param {boolean[]} wide @param {number} count rows
 * @param {import("./download.js").About} about
 */
export function jsonHead(fields, wide, count, about) {
  const columns = fields.map((field, i) => ({
    name: field.name,
    datatype: votableType(field.type),
    ...(wide[i] ? { written: "text" } : {}),
    unit: field.unit ?? null,
    ucd: field.ucd ?? null,
    description: field.description ?? null,
    missing: field.missing ?? [],
  }));
  const { filter, scope, ...rest } = about;
  const head = { ...rest, ...(filter ? { filter } : {}), ...(scope ? { scope } : {}), count, columns };
  return `${JSON.stringify(head, null, 1).replace(/\n\}$/, "")},\n "rows": [`;
}

/**
 * @param {unknown[][]} rows @param {Field[]} fields @param {boolean[]} wide
 * @param {boolean} first these are the first rows
 */
export function jsonRows(rows, fields, wide, first) {
  const keys = fields.map((field) => `${JSON.stringify(field.name.toWellFormed())}:`);
  const lines = rows.map(
    (row) => `{${row.map((value, i) => keys[i] + jsonValue(value, fields[i].type, wide[i])).join(",")}}`,
  );
  return lines.length ? `${first ? "" : ","}\n${lines.join(",\n")}` : "";
}

/** @param {unknown} value @param {string} type @param {boolean} wide */
function jsonValue(value, type, wide) {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  const text = format(value, type);
  if (typeof value === "number") return Number.isFinite(value) && !wide ? text : `"${text}"`;
  if (typeof value === "bigint") return wide ? `"${text}"` : text;
  if (typeof value === "object" && !(value instanceof Uint8Array)) return text;
  return /^decimal/i.test(type) ? text : JSON.stringify(text.toWellFormed());
}

export const JSON_TAIL = "\n ]\n}\n";
