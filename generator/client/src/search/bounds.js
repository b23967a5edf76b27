/**
 * The bounds that a search sets on columns, so that parts of a catalogue that cannot contain a match are not read.
 * Only a hint: conditions that cannot be written as bounds are left out, and SQL decides.
 *
 * @typedef {import("../reading/footers.js").Constraint} Bound
 */
import { findColumn, kindOf } from "./columns.js";
import { asksForNaN, isPartOfDate, readInfinity, readReal, readWhole } from "./literals.js";

/**
 * @param {import("./permalink.js").Search} search @param {import("./columns.js").Form} form
 * @returns {Bound[]}
 */
export function bounds(search, form) {
  return search.constraints.flatMap(({ column, items }) => {
    const found = findColumn(form, column);
    const bound = found && boundOf(found, items);
    return bound ? [{ column, ...bound }] : [];
  });
}

/**
 * @param {import("./columns.js").Column} column @param {import("./grammar.js").Item[]} items
 * @returns {Omit<Bound, "column"> | null}
 */
function boundOf(column, items) {
  const kind = kindOf(column);
  if (kind === "time" || kind === "truth" || kind === "other") return null;
  if (items.some((item) => item.kind === "null" || (item.kind === "value" && asksForNaN(column, item.text))))
    return null;
  /** @type {(text: string, upper: boolean) => number | bigint | string} */
  const read = (text, upper) => {
    if (kind === "text") return text;
    if (kind === "whole") return readWhole(text)[upper ? "floor" : "ceil"];
    const number = readReal(text);
    return column.datatype === "float" ? Math.fround(number) : number;
  };
  const isOpen = (/** @type {string} */ end) => kind === "whole" && readInfinity(end) !== null;
  const partial = (/** @type {string} */ text) => isPartOfDate(column, text);
  const [first] = items;
  if (items.length === 1 && first.kind === "value" && partial(first.text))
    return { low: first.text.trim(), high: `${first.text.trim()}\uffff` };
  if (items.some((item) => item.kind === "value" && partial(item.text))) return null;
  if (items.every((item) => item.kind === "value"))
    return { values: items.map((item) => read(item.text, false)) };
  const [item, ...more] = items;
  if (more.length) return null;
  if (item.kind === "range") {
    return {
      ...(item.low && !isOpen(item.low) && { low: read(item.low, false) }),
      ...(item.high &&
        !isOpen(item.high) && {
          high: partial(item.high) ? `${item.high.trim()}\uffff` : read(item.high, true),
        }),
    };
  }
  const prefix = item.kind === "pattern" ? item.text.slice(0, item.text.indexOf("*")) : "";
  return prefix ? { low: prefix, high: `${prefix}\uffff` } : null;
}
