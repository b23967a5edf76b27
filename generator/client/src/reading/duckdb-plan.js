/**
 * What DuckDB's own plan of a statement says: which table functions it calls, and what each scan of files reads.
 *
 * @typedef {object} Scan of Parquet files; the plan does not say which ones
 * @property {string[]} columns read, as far as the plan says; none where rows are only counted
 * @property {string[]} named those of them that are listed, not guessed from a filter
 * @property {string[]} filters tested while reading, all of which must be true; as of the stored columns
 * @property {string[]} conditions the filters as SQL
 * @property {boolean} limited only such operators are between it and a LIMIT that it ends with the last row needed
 * @property {boolean} streaming the same, without filters
 * @property {Top | null} top which rows it reads, by their numbers; null where that is not decided by another scan
 *
 * @typedef {object} Top the rows with which a scan of other columns decides which rows are in the answer
 * @property {string[]} conditions SQL
 * @property {string[]} order SQL
 * @property {number | null} rows how many; null where the plan does not say
 * @typedef {{ column: string, greatest: boolean }} Extreme the least or the greatest value of a column
 * @typedef {{ scans: Scan[], functions: Set<string>, extremes: Extreme[], first: Top | null }} Plan functions: table functions, in lower case; extremes:
 *   all that the statement asks for, none where it asks for something else; first: the only rows that matter to it, the first ones in an order
 */

/** Operators that pass rows on one by one. */
const PASSING = [
  "PROJECTION",
  "STREAMING_LIMIT",
  "STREAMING_WINDOW",
  "CREATE_TABLE_AS",
  "BATCH_CREATE_TABLE_AS",
];
const SCANS = ["READ_PARQUET", "PARQUET_SCAN"];
/** The condition of a join that reads the rows of an answer by their numbers, after another scan has found them. */
const BY_NUMBER = "file_row_number = file_row_number";

/** @param {any} node */
const nameOf = (node) => String(node.name ?? "").trim();

/**
 * @param {string} text answer of EXPLAIN (FORMAT JSON)
 * @returns {Plan}
 */
export function readPlan(text) {
  /** @type {Plan} */
  const plan = { scans: [], functions: new Set(), extremes: [], first: null };
  const walk = (
    /** @type {any} */ node,
    /** @type {{ passing: boolean, limited: boolean, top: Top | null }} */ above,
  ) => {
    const info = node.extra_info ?? {};
    const name = nameOf(node);
    if (info.Function) plan.functions.add(String(info.Function).toLowerCase());
    if (SCANS.includes(name)) {
      const limited = above.limited && above.passing;
      plan.scans.push({
        ...scanOf(info),
        limited,
        streaming: limited && !list(info.Filters).length,
        top: above.top,
      });
    }
    const children = node.children ?? [];
    const passing = above.passing && PASSING.includes(name) && children.length === 1;
    const limited = above.limited || name === "STREAMING_LIMIT";
    const top = list(info.Conditions).includes(BY_NUMBER) ? topOf(children[1]) : null;
    for (const child of children)
      walk(child, { passing, limited, top: top && child === children[1] ? null : (top ?? above.top) });
  };
  const roots = [JSON.parse(text)].flat();
  for (const node of roots) walk(node, { passing: true, limited: false, top: null });
  if (roots.length !== 1) return plan;
  return { ...plan, extremes: extremesOf(roots[0]), first: firstOf(roots[0], plan.scans.length) };
}

/**
 * The rows of a scan that alone matter to a statement: those that come first in an order.
 * @param {any} node of the plan
 * @param {number} scans in the whole plan: one, or two where the second reads the rows that the first has found
 * @returns {Top | null}
 */
function firstOf(node, scans) {
  const children = node.children ?? [];
  const found = list(node.extra_info?.Conditions).includes(BY_NUMBER);
  if (nameOf(node) === "TOP_N") return scans === 1 ? plainTop(node) : null;
  if (found) return scans === 2 && SCANS.includes(nameOf(children[0])) ? firstOf(children[1], 1) : null;
  return children.length === 1 ? firstOf(children[0], scans) : null;
}

/** @param {any} node with the first rows of a scan @returns {Top | null} null where something else than conditions is between */
function plainTop(node) {
  for (let at = node.children?.[0]; at; at = at.children?.[0])
    if (!["PROJECTION", "FILTER", ...SCANS].includes(nameOf(at))) return null;
  const top = topOf(node);
  return top?.rows != null && top.order.length ? top : null;
}

/** @param {any} info of a scan */
function scanOf(info) {
  const filters = list(info.Filters).map(unwrapped);
  return {
    columns: [...new Set([...list(info.Projections), ...filters.flatMap(columnOf)])],
    named: list(info.Projections),
    filters,
    conditions: conditionsOf(info),
  };
}

/** Those filters of a scan that are conditions; others are hints for DuckDB. @param {any} info */
const conditionsOf = (info) => list(info.Filters).filter((filter) => !/^(optional: |Dynamic )/i.test(filter));

/**
 * How the rows are found that another scan reads by their numbers.
 * @param {any} node at the top of a plan with one scan
 * @returns {Top | null} null where it is more complicated
 */
function topOf(node) {
  const chain = [];
  for (let at = node; at; at = at.children?.[0]) {
    if ((at.children?.length ?? 0) > 1) return null;
    chain.push(at);
  }
  const at = chain.findIndex((one) => /^(TOP_N|STREAMING_LIMIT|LIMIT)$/.test(nameOf(one)));
  const scan = chain[chain.length - 1];
  if (at < 0 || !SCANS.includes(nameOf(scan))) return null;
  const { Top: top, Offset: offset = 0, "Order By": order } = chain[at].extra_info ?? {};
  const below = chain.slice(at + 1);
  const tested = below.flatMap((one, i) =>
    nameOf(one) === "FILTER"
      ? list(one.extra_info?.Expression).map((text) => resolved(text, below.slice(i + 1)))
      : [],
  );
  return {
    conditions: [...tested, ...conditionsOf(scan.extra_info ?? {})],
    order: list(order).map((text) => resolved(text, below)),
    rows: top === undefined ? null : Number(top) + Number(offset),
  };
}

/**
 * Least and greatest values of columns of a whole table, where a statement asks for nothing else.
 * @param {any} root of a plan
 * @returns {Extreme[]}
 */
function extremesOf(root) {
  /** @type {any[]} */
  const chain = [];
  for (let at = root; at; at = at.children?.[0]) {
    if ((at.children?.length ?? 0) > 1) return [];
    chain.push(at);
  }
  const names = chain.map(nameOf);
  const at = names.indexOf("UNGROUPED_AGGREGATE");
  const scan = chain.at(-1);
  const plainly = (/** @type {string} */ name) => ["PROJECTION", "STREAMING_LIMIT", "LIMIT"].includes(name);
  if (at < 0 || !SCANS.includes(nameOf(scan)) || list(scan.extra_info?.Filters).length) return [];
  if (!names.slice(0, at).every(plainly) || !names.slice(at + 1, -1).every((name) => name === "PROJECTION"))
    return [];
  const found = list(chain[at].extra_info?.Aggregates).map((text) => {
    const [, sort, number] = /^(min|max)\((#\d+)\)$/.exec(text) ?? [];
    return { column: number ? resolved(number, chain.slice(at + 1)) : "", greatest: sort === "max" };
  });
  const columns = list(scan.extra_info?.Projections);
  return found.every(({ column }) => columns.includes(column)) ? found : [];
}

/**
 * An expression of the plan in terms of the columns of the scan below.
 * @param {string} text
 * @param {any[]} below the operators below its own
 * @returns {string}
 */
function resolved(text, below) {
  const at = below.findIndex((one) => list(one.extra_info?.Projections).length);
  const columns = at < 0 ? [] : list(below[at].extra_info.Projections);
  return text
    .replace(QUALIFIED, "$1")
    .replace(/#(\d+)/g, (whole, n) => (columns[n] ? resolved(columns[n], below.slice(at + 1)) : whole));
}

/**
 * Columns that a statement scans, of any table; none where DuckDB does not say.
 * @param {string | null} text answer of EXPLAIN (FORMAT JSON)
 */
export const scannedColumns = (text) =>
  new Set(text ? readPlan(text).scans.flatMap(({ columns }) => columns) : []);

const NAME = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_]*)';
/** A column with its database, schema and table. */
const QUALIFIED = new RegExp(`(?:${NAME}\\.){3}(${NAME})`, "gu");
/** A value that is NULL under some condition, and otherwise a column's value. */
const MASKED = new RegExp(`CASE +WHEN (?:(?! THEN |CASE )[^])* THEN \\(?NULL\\)? ELSE (${NAME}) END`, "gu");
const BETWEEN = new RegExp(`(${NAME}) BETWEEN (-?[\\d.eE+-]+) AND (-?[\\d.eE+-]+)`, "gu");

/**
 * The conditions of a filter on stored columns, which DuckDB compares with the bounds of row groups; it writes them before an expression.
 * @param {string} filter
 */
export const unmasked = (filter) =>
  filter.search(MASKED) < 0 ? filter : (/^([^()'"]+?) AND \((?!.* OR )/.exec(filter)?.[1] ?? "");

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
