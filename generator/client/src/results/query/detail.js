/** All columns of one row: those that the search did not read are read now, for this row alone. */
import { quoteName, quoteNumber, quoteText } from "../../search/literals.js";

/**
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {Map<string, {value: unknown, type: string}>} Row by column
 * @typedef {(row: Row) => Promise<Row | null>} Detail all columns of the catalogue for a row of the result, null where it
 *   row of the catalogue cannot be determined
 */

/** Degrees around a position within which its row is looked for, in addition to the test for the exact position. */
const NEAR = 0.05;

/** @param {Catalogue} catalogue @returns {Detail} */
export function detailOf(catalogue) {
  const { id, position } = catalogue.meta;
  return async (row) => {
    /** @type {string[]} */
    const tests = [];
    const known = (/** @type {string | null | undefined} */ name) => {
      const cell = name ? row.get(name) : undefined;
      if (!name || !cell || cell.value === null) return undefined;
      tests.push(`${quoteName(name)} = ${literal(cell.value, cell.type)}`);
      return /** @type {number | bigint | string} */ (cell.value);
    };
    const value = known(id);
    const [ra, dec] = [known(position?.ra), known(position?.dec)].map(Number);
    const placed = Number.isFinite(ra) && Number.isFinite(dec);
    if (value === undefined && !placed) return null;
    const { engine } = catalogue;
    const { relation } = await catalogue.prepare({
      region: placed ? { type: "cone", ra, dec, radius: NEAR } : null,
      where: id && value !== undefined ? [{ column: id, values: [value] }] : [],
      columns: catalogue.columns.map((column) => column.name),
    });
    const names = catalogue.columns.map((column) => quoteName(column.name)).join(", ");
    const found = await engine.rows(`SELECT ${names} FROM ${relation} WHERE ${tests.join(" AND ")} LIMIT 2`);
    if (found.rows.length !== 1) return null;
    return new Map(found.names.map((name, i) => [name, { value: found.rows[0][i], type: found.types[i] }]));
  };
}

/** @param {unknown} value @param {string} type */
function literal(value, type) {
  if (typeof value === "bigint") return `CAST('${value}' AS ${/^U/i.test(type) ? "UBIGINT" : "BIGINT"})`;
  if (typeof value === "number") return type === "FLOAT" ? `CAST('${value}' AS FLOAT)` : quoteNumber(value);
  return quoteText(String(value));
}
