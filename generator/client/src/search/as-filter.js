/**
 * Rows that the reader marked, as conditions of the search.
 *
 * @typedef {import("./permalink.js").Search} Search
 * @typedef {import("./columns.js").Form} Form
 * @typedef {{column: string, low: number, high: number}} Bounds infinite: open
 */
import { findColumn, kindOf } from "./columns.js";

/**
 * A search within ranges of columns.
 * @param {Search} search @param {Form} form @param {Bounds[]} ranges
 * @returns {Search | null} null where it cannot be written so: for a column that is not of the catalogue, or has another condition
 */
export function withRanges(search, form, ranges) {
  let { constraints } = search;
  for (const { column, low, high } of ranges) {
    const found = findColumn(form, column);
    if (!found || found.filter || !["whole", "real"].includes(kindOf(found))) return null;
    if (low === -Infinity && high === Infinity) continue;
    const before = constraints.find((one) => one.column === found.name);
    const [item, ...more] = before?.items ?? [];
    const range = item?.kind === "range" && !more.length ? item : null;
    if (before && !range) return null;
    const narrower = narrowed(range, low, high);
    constraints = [
      ...constraints.filter((one) => one !== before),
      { column: found.name, items: [{ kind: "range", ...narrower }] },
    ];
  }
  return { ...search, constraints, whole: false };
}

/** @param {import("./grammar.js").Range | null} range @param {number} low @param {number} high */
function narrowed(range, low, high) {
  const text = (/** @type {number} */ value) => (Number.isFinite(value) ? String(value) : "");
  const keepsLow = range?.low && !(low > Number(range.low));
  const keepsHigh = range?.high && !(high < Number(range.high));
  return {
    low: keepsLow ? range.low : text(low),
    high: keepsHigh ? range.high : text(high),
    ...(keepsLow && range.above ? { above: /** @type {true} */ (true) } : {}),
    ...(keepsHigh && range.below ? { below: /** @type {true} */ (true) } : {}),
  };
}

/**
 * A search for some of its rows by their ids.
 * @param {Search} search @param {string} column @param {string[]} ids @returns {Search}
 */
export function withIds(search, column, ids) {
  const items = ids.map((text) => ({ kind: /** @type {const} */ ("value"), text }));
  const constraints = [...search.constraints.filter((one) => one.column !== column), { column, items }];
  return { ...search, constraints, whole: false };
}
