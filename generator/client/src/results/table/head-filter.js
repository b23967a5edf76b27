/** The fields below the heads of a table: what they leave in, by the grammar of the permalinks. */
import { condition } from "../../search/conditions.js";
import { writeItems } from "../../search/grammar.js";
import { readItems } from "../../search/habits.js";
import { kindOf } from "../../search/columns.js";

/**
 * @typedef {import("../export/votable.js").Field} Field
 */

/** @type {[RegExp, string][]} */
const DATATYPES = [
  [/int(eger)?$/i, "long"],
  [/^float$/i, "float"],
  [/^(double|decimal.*)$/i, "double"],
  [/^varchar$/i, "string"],
  [/^boolean$/i, "boolean"],
  [/^(date|timestamp.*)$/i, "timestamp"],
];

/** A field of a result as a column that can be asked about. @param {Field} field @returns {import("../../search/columns.js").Column} */
export function asColumn({ name, type, missing }) {
  const datatype = DATATYPES.find(([pattern]) => pattern.test(type))?.[1] ?? "binary";
  return { name, datatype, missing, nan: /^(float|double)$/.test(datatype) };
}

/** @param {Field} field */
export function canFilter(field) {
  return kindOf(asColumn(field)) !== "other";
}

/**
 * @param {Field} field @param {string} text
 * @returns {{sql: string, written: string} | null} null where nothing is asked; throws Refused
 */
export function readFilter(field, text) {
  const items = readItems(asColumn(field), text);
  if (items.length === 0) return null;
  return { sql: condition(asColumn(field), items), written: `${field.name}=${writeItems(items)}` };
}
