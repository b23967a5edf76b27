/** The filters below the heads of a table, in the grammar of the permalinks. */
import { condition } from "../../search/conditions.js";
import { writeItems } from "../../search/grammar.js";
import { readItems } from "../../search/habits.js";
import { asColumn, kindOf } from "../../search/columns.js";

/**
 * @typedef {import("../export/votable.js").Field} Field
 */

/** @param {Field} field */
export function canFilter(field) {
  return kindOf(asColumn(field)) !== "other";
}

/**
 * @param {Field} field @param {string} text
 * @returns {{sql: string, written: string} | null} null for an empty filter; throws Refused
 */
export function readFilter(field, text) {
  const items = readItems(asColumn(field), text);
  if (items.length === 0) return null;
  return { sql: condition(asColumn(field), items), written: `${field.name}=${writeItems(items)}` };
}
