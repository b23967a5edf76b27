/** The index of a release's documents, pages and columns, built in the page from records that the site ships. */
import MiniSearch from "minisearch";
import { indexTerms, isHan, queryTerms } from "./tokens.js";

/** @typedef {import('../formats.d.ts').SearchRecord} Record */
/** @typedef {{record: Record, terms: string[]}} Hit */

export const SHOWN = 30;

/**
 * @param {Record[]} records
 * @returns {(query: string) => Hit[]} the best hits first
 */
export function makeSearch(records) {
  /** @type {MiniSearch<{id: number}>} */
  const index = new MiniSearch({
    fields: ["title", "heading", "text", "of"],
    tokenize: indexTerms,
    processTerm: (term) => term,
    searchOptions: {
      tokenize: queryTerms,
      processTerm: (term) => term,
      combineWith: "AND",
      boost: { title: 4, heading: 3, of: 0.1 },
      prefix: true,
      // One letter may be wrong in a word of a language, but not in a name, a number or Chinese.
      fuzzy: (term) => (/^[a-z]{5,}$/.test(term) && !isHan(term) ? 0.2 : false),
    },
  });
  // The heading of a column names its catalogue, which all its columns have in common.
  index.addAll(
    records.map(([kind, title, heading, , text], id) => {
      const column = kind === "column";
      return { id, title, heading: column ? "" : heading, text, of: column ? heading : "" };
    }),
  );
  return (query) =>
    index
      .search(query)
      .slice(0, SHOWN)
      .map((hit) => ({ record: records[hit.id], terms: hit.terms }));
}
