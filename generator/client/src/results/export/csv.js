/** CSV after RFC 4180: commas, CRLF, quotes only where needed, the catalogue's own column names. */
import { format } from "../../shared/value-text.js";

/** @param {string} text */
function field(text) {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A spreadsheet runs a text that begins like this as a formula. With the apostrophe before it, it shows it as text.
 * @param {string} text
 */
const harmless = (text) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);

/** Digits of a number that spreadsheets keep. */
const DIGITS = 15;

/**
 * Whether a spreadsheet would change a value: an exact number with more digits than it keeps, an infinity, or
 * a text that it takes for a number, such as 007, 1E5 or a long id. A text with a fraction, such as 10.5, may become a number.
 * @param {unknown} value @param {string} text the value as text @param {string} type
 */
function altered(value, text, type) {
  if (typeof value === "number") return /Infinity$/.test(text);
  if (
    (/^decimal/i.test(type) ? /^-?\d+(?:\.\d+)?$/ : /^-?\d+$/).test(text) &&
    text.replace(/\D/g, "").length > DIGITS
  )
    return true;
  return (
    typeof value === "string" && !isNumber(type) && /^(?:0\d+(?:\.\d*)?|\d+(?:\.\d*)?e[+-]?\d+)$/i.test(text)
  );
}

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
    if (!safe || text === "") return field(text);
    const type = types[i] ?? "";
    if (altered(value, text, type)) return field(`'${text}`);
    return field(typeof value === "string" && !isNumber(type) ? harmless(text) : text);
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Exact numbers, and those of a reader's own list, are text here. @param {string} type */
const isNumber = (type) => /^(?:decimal|number)/i.test(type);
