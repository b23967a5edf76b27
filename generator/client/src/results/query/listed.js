/** The values that a search lists for a column and that none of its rows has. */
import { findColumn } from "../../search/columns.js";
import { exactly, quoteName } from "../../search/literals.js";
import { TABLE } from "./hits.js";

/**
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {{column: string, values: string[]}} Listed
 * @typedef {{column: string, all: number, missing: string[]}} Missing
 */

/** Constraints with several values, each of which a reader expects to find. @param {Search} search @param {Form} form @returns {Listed[]} */
export function listsOf(search, form) {
  return search.constraints.flatMap(({ column, items }) => {
    const values = new Set(items.flatMap((item) => (item.kind === "value" ? [item.text] : [])));
    const found = findColumn(form, column);
    return values.size > 1 && found && !found.filter ? [{ column: found.name, values: [...values] }] : [];
  });
}

/**
 * @param {import("./hits.js").Hits} hits all rows of the search @param {Listed} listed @param {Form} form @param {AbortSignal} signal
 * @returns {Promise<Missing>}
 */
async function missingOf(hits, { column, values }, form, signal) {
  const known = /** @type {import("../../search/columns.js").Column} */ (findColumn(form, column));
  const name = hits.own.get(column) ?? quoteName(column);
  /** @type {string[]} */
  const literals = [];
  /** @type {string[]} */
  const tests = [];
  for (const [i, text] of values.entries()) {
    const found = exactly(known, text);
    if ("literal" in found) literals.push(`(${i}, ${found.literal})`);
    else tests.push(`SELECT ${i} WHERE NOT EXISTS (FROM ${TABLE} WHERE ${found.sql})`);
  }
  if (literals.length)
    tests.push(
      `SELECT i FROM (VALUES ${literals.join(", ")}) AS listed(i, x) ANTI JOIN (SELECT ${name} AS y FROM ${TABLE}) ON x = y`,
    );
  const { rows } = await hits.engine.rows(`${tests.join(" UNION ALL ")} ORDER BY 1`, { signal });
  return { column, all: values.length, missing: rows.map(([i]) => values[Number(i)]) };
}

/**
 * @param {import("./hits.js").Hits} hits @param {Search} search @param {Form} form @param {AbortSignal} signal
 * @returns {Promise<Missing[]>} none where rows were left out, which may have the values
 */
export async function missingValues(hits, search, form, signal) {
  if (!hits.total || hits.kept < hits.total) return [];
  /** @type {Missing[]} */
  const all = [];
  for (const listed of listsOf(search, form)) all.push(await missingOf(hits, listed, form, signal));
  return all.filter(({ missing }) => missing.length);
}
