/** Columns that the reader adds by an expression, computed for the rows found. */
import { t } from "../../shared/strings.js";
import { asColumn } from "../../search/columns.js";
import { beyondRow, readExpression } from "../../search/computed.js";
import { Refused } from "../../search/grammar.js";

/**
 * @typedef {import("../export/votable.js").Field} Field
 * @typedef {import("./hits.js").Hits} Hits
 * @typedef {import("../../search/columns.js").Column} Column
 * @typedef {import("../../search/computed.js").Computed} Computed
 */

/** The engine's message about an expression, in one line. @param {string} message */
export function shortError(message) {
  const kind = /(aggregate functions|window functions|subquer(?:y|ies)|UNNEST)/i.exec(message);
  if (kind && /not allowed|cannot use|not supported|cannot contain/i.test(message)) return beyondRow(kind[1]);
  const column = /Referenced column "([^]*?)" not found/.exec(message);
  if (column) return t("There is no column {name} here.", { name: column[1] });
  const [first] = message.replace(/\n+LINE \d+:[^]*$/, "").split("\n");
  return first.replace(/^(\w+ )*Error: /, "").trim();
}

/**
 * Add a column to the rows found.
 * @param {Hits} hits @param {Computed} computed @param {Column[]} columns described ones
 * @returns {Promise<Field>} throws Refused or the engine's error
 */
export async function addComputed(hits, { name, expression, unit }, columns) {
  const { sql } = readExpression(expression, columns);
  try {
    const type = await hits.compute(name, sql);
    return { name, type, unit: unit || null, ucd: null, description: `= ${expression.trim()}` };
  } catch (error) {
    throw new Refused(shortError(/** @type {Error} */ (error).message));
  }
}

/**
 * Add all computed columns of a search. One that does not work is left out and reported.
 * @param {Hits} hits @param {Computed[]} list @param {Column[]} columns
 * @returns {Promise<{fields: Field[], computed: Computed[], problems: string[]}>}
 */
export async function addAllComputed(hits, list, columns) {
  /** @type {Field[]} */
  const fields = [];
  const computed = [];
  const problems = [];
  for (const one of list) {
    try {
      const field = await addComputed(hits, one, [...columns, ...fields.map(asColumn)]);
      fields.push(field);
      computed.push(one);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(t("{parameter}: {message}", { parameter: one.name, message: error.message }));
    }
  }
  return { fields, computed, problems };
}
