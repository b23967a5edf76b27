/** The lists of ids that a search or a statement needs, brought to the engine before it runs. */
import { filtersOf } from "../../search/filters.js";
import { asFilter } from "../../search/columns.js";
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {import("../../search/columns.js").Column} Column
 * @typedef {object} Means
 * @property {import("../../shared/page.js").Page} page
 * @property {(name: string) => Promise<import("../../catalogue/catalogue.js").Catalogue>} open
 * @property {import("../../results/query/confirm.js").Asker} asker
 * @property {AbortController} running
 */

const idLists = lazily(() => import("./id-lists.js"));

/** @param {Column[]} filters @param {string} catalogue @param {Means} means */
async function bring(filters, catalogue, { page, open, asker, running }) {
  if (!filters.length) return "";
  const [{ readLists }, { engine }] = await Promise.all([idLists(), open(catalogue)]);
  const confirm = (/** @type {number} */ bytes) => asker.ask(bytes, running);
  return readLists(filters, { engine, page, catalogue, confirm, signal: running.signal });
}

/**
 * @param {import("../../search/columns.js").Form} form @param {import("../../search/permalink.js").Search} search @param {Means} means
 * @returns {Promise<string>} what readers must know about them
 */
export const listsOfSearch = (form, search, means) => bring(filtersOf(search, form), form.name, means);

/**
 * @param {import("../../formats.d.ts").ConsoleSchema[]} schemas @param {Set<string>} words of a statement, in lower case @param {Means} means
 * @returns {Promise<{ filters: Column[], note: string }>}
 */
export async function listsOfStatement(schemas, words, means) {
  /** @type {Column[]} */
  const all = [];
  const notes = [];
  for (const { name, filters = [] } of schemas) {
    const named = filters.filter(({ table }) => words.has(table.toLowerCase())).map(asFilter);
    notes.push(await bring(named, name, means));
    all.push(...named);
  }
  return { filters: all, note: notes.filter(Boolean).join(" ") };
}
