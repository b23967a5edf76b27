/** CSV as RFC 4180 has it: commas, CRLF, quotes only where needed, the catalogue's own column names. */
import { format } from "../engine/text.js";

/** @param {string} text */
function field(text) {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A spreadsheet takes a text that begins so for a formula, and runs it. The mark before it is what spreadsheets show as text.
 * @param {string} text
 */
const harmless = (text) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);

/** @param {string[]} names @param {boolean} [safe] for spreadsheets */
export function csvHead(names, safe = false) {
  return `${names.map((name) => field(safe ? harmless(name) : name)).join(",")}\r\n`;
}

/**
 * NULL is an empty field; an empty text is a quoted empty field.
 * @param {unknown[][]} rows @param {string[]} types @param {boolean} [safe] for spreadsheets: texts are never formulas
 */
export function csvRows(rows, types, safe = false) {
  const cell = (/** @type {unknown} */ value, /** @type {number} */ i) => {
    if (value === "") return '""';
    const text = format(value, types[i]);
    return field(safe && typeof value === "string" && !isNumber(types[i]) ? harmless(text) : text);
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Exact numbers come as text. @param {string} type */
const isNumber = (type = "") => /^decimal/i.test(type);
