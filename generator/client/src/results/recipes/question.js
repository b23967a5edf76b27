/**
 * A search or a statement as something that can be asked elsewhere.
 *
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../export/votable.js").Field} Field
 *
 * @typedef {object} Question what a page says of the rows it shows: a search and its form, or a statement
 * @property {Search} [search]
 * @property {Form} [form]
 * @property {string[]} [typical] columns shown where none are chosen
 * @property {string} [sql]
 * @property {Source[]} catalogues that it may read
 * @property {string[]} [macros] statements that make the functions it may call
 *
 * @typedef {object} Source a catalogue that is read
 * @property {string} name
 * @property {string} stored the view of its rows as they are stored
 * @property {boolean} [positions] its files have a column of pixels, which no view shows
 * @property {string} [view] how the view is made whose missing values are NULL, where the statement may read that
 *
 * @typedef {object} Recipe all that is needed to write it down
 * @property {Question} question
 * @property {Omit<import("../export/download.js").About, "date">} about
 * @property {string} date
 * @property {string} place folder or address of the release
 * @property {Field[]} fields of the result
 */

/** The name of the list's file beside what reads it. */
export const LIST = "targets.csv";
/** Longer lists stand in a file. */
export const MOST_INLINE = 50;

/** Whether a list of targets is a file beside a recipe. @param {{rows: ArrayLike<unknown>} | undefined} targets */
export const isLong = (targets) => (targets?.rows.length ?? 0) > MOST_INLINE;

/**
 * @param {import("../../catalogue/catalogue.js").Catalogue} catalogue
 * @param {Set<string>} [words] of the statement that reads it, in lower case; a search reads what is stored
 * @returns {Source}
 */
export const sourceOf = ({ name, stored, present, meta }, words) => ({
  name,
  stored,
  positions: Boolean(meta.position),
  ...(words?.has(name.toLowerCase()) ? { view: present } : {}),
});

/** The catalogues of a question, for people. @param {Question} question */
export const namesOf = ({ catalogues }) => catalogues.map(({ name }) => name).join(", ");

/** Text that cannot leave the line of a comment. @param {string} text */
export const oneLine = (text) =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex
    .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim();

/**
 * What stands at the head of every text that is copied.
 * @param {Recipe} recipe @param {string} mark of a comment @returns {string[]}
 */
export function headLines({ about, date, question }, mark) {
  const lines = [
    `Release   ${about.release}`,
    `Catalogue ${namesOf(question) || about.catalogue}`,
    ...(question.search ? [`Query     search.html?${about.query}`] : []),
    `Copied    ${date}`,
    ...(about.cite ? [`Cite      ${about.cite}`] : []),
  ];
  return lines.map((line) => `${mark} ${oneLine(line)}`);
}

/** Folder or address of the release, from the address of a page. @param {string} base of the page @param {string} href of the page */
export function placeOf(base, href) {
  const url = new URL(base || ".", href);
  const address = url.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
  if (url.protocol !== "file:") return address;
  const path = decodeURIComponent(address.replace(/^file:\/\//, ""));
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
