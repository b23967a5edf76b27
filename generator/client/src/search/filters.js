/**
 * Conditions that no column has: whether a row has a spectrum here, a known issue, or another observation of its object. In a form, a
 * permalink and SQL each is like a column of true and false; it is computed from a list of ids.
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./columns.js").Form} Form
 */
import { t } from "../shared/strings.js";
import { Refused, writeItems } from "./grammar.js";
import { quoteName, truth } from "./literals.js";

/**
 * @param {Column} column @param {import("./grammar.js").Item[]} items
 * @returns {string} SQL; throws Refused
 */
export function filterCondition(column, items) {
  const filter = /** @type {import("./columns.js").Filter} */ (column.filter);
  const asked = new Set(
    items.map((item) => {
      if (item.kind !== "value")
        throw new Refused(t("“{text}” is neither true nor false.", { text: writeItems([item]) }));
      return truth(item.text);
    }),
  );
  if (asked.size > 1) return "TRUE";
  const listed =
    filter.id === null ? [] : [`${quoteName(filter.id)} IN (SELECT id FROM ${quoteName(filter.table)})`];
  // the release's own condition may end in a comment
  const met = [...listed, ...(filter.where ?? []).map((where) => `(\n${where}\n)`)];
  const is = met.length > 1 ? `(${met.join(" OR ")})` : (met[0] ?? "FALSE");
  return asked.has("TRUE") ? is : `(${is}) IS NOT TRUE`;
}

/** The filters that a search uses. @param {import("./permalink.js").Search} search @param {Form} form @returns {Column[]} */
export const filtersOf = ({ constraints }, form) =>
  (form.filters ?? []).filter(({ name }) => constraints.some(({ column }) => column === name));

/**
 * The lists of ids that they need, for text that runs elsewhere.
 * @param {Column[]} filters
 * @returns {import("./columns.js").IdList[]}
 */
export const idLists = (filters) => filters.flatMap(({ filter }) => filter?.list ?? []);

/**
 * The columns of the catalogue that the conditions of a search read.
 * @param {import("./permalink.js").Search} search @param {Form} form
 */
export function testedColumns({ constraints }, form) {
  const filters = new Map((form.filters ?? []).map(({ name, filter }) => [name, filter]));
  return constraints.flatMap(({ column }) =>
    filters.has(column) ? (filters.get(column)?.id ?? []) : column,
  );
}
