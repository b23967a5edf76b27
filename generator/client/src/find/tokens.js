/** The terms under which texts are indexed: words, parts of names, and pairs of Chinese characters. */

const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_.]*/gu;
const HAN = /\p{Script=Han}+/gu;

/** @param {string} text */
const plain = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .normalize("NFKC")
    .toLowerCase();

/**
 * Pairs of neighbours in a run of Chinese characters.
 * @param {string} run
 * @param {boolean} last whether the last character is a term too, so that a single one can be found
 */
function pairs(run, last) {
  const letters = [...run];
  const found = letters.slice(1).map((letter, at) => letters[at] + letter);
  if (last || letters.length === 1) found.push(letters[letters.length - 1]);
  return found;
}

/**
 * @param {string} text
 * @param {boolean} whole names are terms only as a whole, not by their parts
 */
function terms(text, whole) {
  /** @type {string[]} */
  const found = [];
  const rest = plain(text).replace(HAN, (run) => {
    found.push(...pairs(run, !whole));
    return " ";
  });
  for (const [word] of rest.matchAll(WORD)) {
    const name = word.replace(/^[._]+|[._]+$/g, "");
    if (!name) continue;
    found.push(name);
    const parts = whole ? [] : name.split(/[._]+/);
    if (parts.length > 1) found.push(...parts.filter(Boolean));
  }
  return found;
}

/** Terms of a text to be indexed. @param {string} text */
export const indexTerms = (text) => terms(text, false);

/** Terms of a query. @param {string} text */
export const queryTerms = (text) => [...new Set(terms(text, true))];

/** @param {string} term */
export const isHan = (term) => /^\p{Script=Han}/u.test(term);
