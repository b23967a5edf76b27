/**
 * What DuckDB's own plan of a statement says: which table functions it calls, and what each scan of files reads.
 *
 * @typedef {object} Scan of Parquet files; the plan does not say which ones
 * @property {string[]} columns read, as far as the plan says; none where rows are only counted
 * @property {string[]} named those of them that are listed, not guessed from a filter
 * @property {string[]} filters tested while reading, all of which must be true
 * @property {boolean} streaming only such operators are between it and a LIMIT that it ends with the last row needed
 * @typedef {{ scans: Scan[], functions: Set<string> }} Plan functions: table functions, in lower case
 */

/** Operators that pass rows on one by one. */
const PASSING = ["PROJECTION", "STREAMING_LIMIT"];

/**
 * @param {string} text answer of EXPLAIN (FORMAT JSON)
 * @returns {Plan}
 */
export function readPlan(text) {
  /** @type {Plan} */
  const plan = { scans: [], functions: new Set() };
  const walk = (/** @type {any} */ node, /** @type {boolean} */ passing, /** @type {boolean} */ limited) => {
    const info = node.extra_info ?? {};
    const name = String(node.name ?? "").trim();
    if (info.Function) plan.functions.add(String(info.Function).toLowerCase());
    if (name === "READ_PARQUET" || name === "PARQUET_SCAN") {
      const filters = list(info.Filters).map(unwrapped);
      plan.scans.push({
        columns: [...new Set([...list(info.Projections), ...filters.flatMap(columnOf)])],
        named: list(info.Projections),
        filters,
        streaming: limited && passing && !filters.length,
      });
    }
    const on = passing && PASSING.includes(name);
    const children = node.children ?? [];
    for (const child of children)
      walk(child, on && children.length === 1, limited || name === "STREAMING_LIMIT");
  };
  for (const node of [JSON.parse(text)].flat()) walk(node, true, false);
  return plan;
}

/**
 * Columns that a statement scans, of any table; none where DuckDB does not say.
 * @param {string | null} text answer of EXPLAIN (FORMAT JSON)
 */
export const scannedColumns = (text) =>
  new Set(text ? readPlan(text).scans.flatMap(({ columns }) => columns) : []);

const NAME = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_]*)';
/** A value that is NULL under some condition, and otherwise a column's value. */
const MASKED = new RegExp(`CASE +WHEN (?:(?! THEN |CASE )[^])* THEN \\(?NULL\\)? ELSE (${NAME}) END`, "gu");
const BETWEEN = new RegExp(`(${NAME}) BETWEEN (-?[\\d.eE+-]+) AND (-?[\\d.eE+-]+)`, "gu");

/**
 * Rewrite a filter of a column whose missing values are NULL as one of the stored column: comparisons with NULL are not
 * true, so all rows that meet the first meet the second. Bounds are written like filters of plain columns.
 * @param {string} filter
 */
export const unwrapped = (filter) => filter.replace(MASKED, "$1").replace(BETWEEN, "$1 >= $2 AND $1 <= $3");

/** @param {unknown} value */
const list = (value) => [value ?? []].flat().map(String).filter(Boolean);

/** The columns in the expression of a filter, which may not be projected. @param {string} filter */
function columnOf(filter) {
  const name = /^\(*"?([^"\s()<>=!]+)"?/.exec(filter.replace(/^optional: /, ""))?.[1];
  return name ? [name] : [];
}
