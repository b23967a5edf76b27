/** What the columns of the catalogues that a statement reads imply for its result. */
import { isNumeric } from "../format.js";
import { t } from "../../shared/strings.js";
import { kindOf } from "../../search/columns.js";

/**
 * @typedef {import("../../search/columns.js").Column & {name: string}} Column
 * @typedef {{name: string, stored: string, columns: Column[]}} Schema `stored`: name of the view of the stored values
 * @typedef {import("./execute.js").Statement} Statement
 */

/**
 * The catalogue's column from which a column of a result has its name, where the statement reads that catalogue and the
 * two have the same kind of values.
 * @param {{name: string, type: string}} field @param {Schema[]} read
 */
export function described({ name, type }, read) {
  for (const schema of read) {
    const column = schema.columns.find((c) => c.name === name);
    if (column && isNumeric(type) === ["whole", "real"].includes(kindOf(column))) return column;
  }
  return null;
}

/**
 * Notices for a statement that selects a value which means “missing”, where only the other view has it.
 * @param {Statement} statement @param {Schema[]} read @returns {string[]}
 */
export function asStored({ sql, words }, read) {
  const numbers = new Set(sql.match(/-?(?<![\w.])\d+(\.\d+)?(?![\w.])/g));
  const texts = new Set(Array.from(sql.matchAll(/'((?:[^']|'')*)'/g), ([, text]) => text));
  const isAsked = (/** @type {number | string} */ value) =>
    numbers.has(String(value)) || texts.has(String(value));
  return read.flatMap(({ name, stored, columns }) => {
    if (words.has(stored.toLowerCase())) return [];
    const value = columns
      .filter((column) => words.has(column.name.toLowerCase()))
      .flatMap(({ missing }) => missing ?? [])
      .find(isAsked);
    return value === undefined
      ? []
      : [
          t("In {name}, {value} is NULL; {stored} has it as it is stored.", {
            name,
            value: String(value),
            stored,
          }),
        ];
  });
}
