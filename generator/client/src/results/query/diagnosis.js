/**
 * Why a search found nothing: which of its conditions removes all rows, alone or with another. Rows are
 * counted once, by the conditions they meet; the rest is arithmetic.
 *
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/permalink.js").Constraint} Constraint
 *
 * @typedef {object} Part one condition
 * @property {string} label as readers write it
 * @property {string} sql
 * @property {Constraint | null} constraint null for the region or the list
 *
 * @typedef {object} Diagnosis numbers of parts, and the rows that are left without them
 * @property {number[]} impossible parts that no row meets
 * @property {{parts: number[], rows: number}[]} without each part alone that brings rows; where there is none each pair; most rows first
 * @property {{parts: number[], rows: number} | null} most the most parts that any row meets together, where no pair brings rows
 */
import { t } from "../../shared/strings.js";
import { findColumn, kindOf } from "../../search/columns.js";
import { bareName } from "../../search/designations.js";
import { writeItems } from "../../search/grammar.js";
import { parsePosition } from "../../search/position.js";
import { conditions } from "../../search/conditions.js";
import { quoteName, quoteText } from "../../search/literals.js";

/** Most conditions that are analysed; those beyond always apply. */
export const MOST_PARTS = 20;

/** @param {Search} search @param {Form} form @returns {Part[]} the region first */
export function partsOf(search, form) {
  const { region } = search;
  const parts = search.constraints.map((constraint) => ({
    label: `${constraint.column} ${compared(constraint.items)}`,
    sql: conditions({ ...search, region: null, constraints: [constraint] }, form),
    constraint,
  }));
  if (!region) return parts;
  const label = {
    cone: () =>
      t("the cone of {radius} arcsec", { radius: region.type === "cone" ? String(region.radius) : "" }),
    box: () => t("the box on the sky"),
    polygon: () => t("the polygon"),
  }[region.type]();
  return [{ label, sql: conditions({ ...search, constraints: [] }, form), constraint: null }, ...parts];
}

/** Items as they are compared with a column, such as `> 5` and `= STAR`. @param {import("../../search/grammar.js").Item[]} items */
function compared(items) {
  const [item] = items;
  if (items.length > 1 || item.kind !== "range" || (item.low && item.high)) return `= ${writeItems(items)}`;
  return item.low ? `${item.above ? ">" : ">="} ${item.low}` : `${item.below ? "<" : "<="} ${item.high}`;
}

/** A search without some of its parts. @param {Search} search @param {Part[]} parts that are left out @returns {Search} */
export function without(search, parts) {
  const region = parts.some(({ constraint }) => constraint === null);
  return {
    ...search,
    ...(region ? { region: null, targets: null, list: null } : {}),
    constraints: search.constraints.filter((one) => !parts.some(({ constraint }) => constraint === one)),
  };
}

/** SQL: which parts a row meets, a bit for each. @param {Part[]} parts */
export function maskOf(parts) {
  return parts.map(({ sql }, i) => `CASE WHEN ${sql} THEN ${2 ** i} ELSE 0 END`).join(" + ") || "0";
}

/**
 * @param {Map<number, number>} rows by the parts they meet @param {number} n parts
 * @returns {Diagnosis}
 */
export function diagnose(rows, n) {
  const full = 2 ** n - 1;
  const meeting = (/** @type {number} */ bits) => {
    let sum = 0;
    for (const [mask, count] of rows) if ((mask & bits) === bits) sum += count;
    return sum;
  };
  const numbers = Array.from({ length: n }, (_, i) => i);
  const leaving = (/** @type {number[]} */ parts) => ({
    parts,
    rows: meeting(full & ~parts.reduce((bits, i) => bits | (1 << i), 0)),
  });
  const good = (/** @type {number[][]} */ choices) =>
    choices
      .map(leaving)
      .filter((one) => one.rows > 0)
      .toSorted((one, other) => other.rows - one.rows);
  const impossible = numbers.filter((i) => meeting(1 << i) === 0);
  // without its only condition a search is the whole catalogue
  const alone = n > 1 ? good(numbers.map((i) => [i])) : [];
  if (alone.length || n < 3) return { impossible, without: alone, most: null };
  const pairs = good(numbers.flatMap((i) => numbers.slice(i + 1).map((j) => [i, j])));
  if (pairs.length) return { impossible, without: pairs, most: null };
  const bits = (/** @type {number} */ mask) => numbers.filter((i) => mask & (1 << i));
  const [best] = [...rows.keys()].toSorted((one, other) => bits(other).length - bits(one).length);
  const most = best ? { parts: bits(best), rows: meeting(best) } : null;
  return { impossible, without: [], most };
}

/** The text without blanks, in lower case. @param {string} text */
const simple = (text) => text.replace(/\s+/g, "").toLowerCase();

/** The text without the quotation marks, or comparison signs, that people add from SQL. @param {string} text */
export const unquoted = (text) =>
  text
    .trim()
    .replace(/^(?:==?|like\b)\s*/i, "")
    .replace(/^['‘’“”「『`]+|['‘’“”」』`]+$/g, "");

/** The pattern written with the wildcards of SQL or of a shell; null where there are none. @param {string} text */
export const meantPattern = (text) => (/[%?]/.test(text) ? unquoted(text).replaceAll(/[%?]+/g, "*") : null);

/** Several texts that are separated by something other than commas. @param {string} text @returns {string[]} none where there are not several */
export function meantTexts(text) {
  const inside = /^(?:in\s*)?\((.*?)\)?$/is.exec(text.trim())?.[1] ?? text;
  for (const between of [/[;|/，；、]|\s+or\s+|或/i, /\s+/]) {
    const parts = inside.split(between).map(unquoted).filter(Boolean);
    if (parts.length > 1) return parts;
  }
  return [];
}

/**
 * SQL: texts of a column that may be meant by a text that no row has: in another case, with other blanks, with or without the
 * name of a catalogue before it.
 * @param {string} column @param {string} text
 */
export function similar(column, text) {
  const name = `lower(regexp_replace(${quoteName(column)}, '\\s+', '', 'g'))`;
  const bare = simple(bareName(unquoted(text)));
  const forms = [...new Set([simple(text), simple(unquoted(text)), bare])].filter(Boolean);
  const whole = `${name} IN (${forms.map(quoteText).join(", ")})`;
  const long = /\d/.test(bare) && bare.length >= 4;
  return long ? `(${whole} OR ends_with(${name}, ${quoteText(bare)}))` : whole;
}

/**
 * The texts of a condition that are literal, or have a `*`.
 * @param {Constraint} constraint @param {Form} form @returns {{text: string, pattern: boolean}[]}
 */
export function textsOf({ column, items }, form) {
  const found = findColumn(form, column);
  if (!found || kindOf(found) !== "text") return [];
  return items.flatMap((item) =>
    item.kind === "range" || item.kind === "null"
      ? []
      : [{ text: item.text, pattern: item.kind === "pattern" }],
  );
}

/** The position in a designation; null where there is none. @param {string} name */
export function placeIn(name) {
  try {
    return /j\s*\d/i.test(name) ? parsePosition(name) : null;
  } catch {
    return null;
  }
}
