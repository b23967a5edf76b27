/**
 * A search or a statement in a form that can be run elsewhere.
 *
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../export/votable.js").Field} Field
 *
 * @typedef {object} Question the query of the rows shown: a search and its form, or a statement
 * @property {Search} [search]
 * @property {Form} [form]
 * @property {string[]} [typical] columns shown where none are chosen
 * @property {string} [sql]
 * @property {Source[]} catalogues that it may read
 * @property {import("../../search/columns.js").IdList[]} [lists] of ids that a statement names; those of a search are with its form
 * @property {string[]} [macros] statements that create the functions it may call
 * @property {{ folder: string, prefix: string, id: string | null, position: { ra: string, dec: string } | null,
 *   all?: string[], elsewhere: Elsewhere | null }} [other] the catalogue that a search matches its rows with; all: columns carried where
 *   none are named
 *
 * @typedef {object} Source a catalogue that is read
 * @property {string} name
 * @property {string} stored the view of its stored values
 * @property {string} [folder] where it is, from the release's folder; data/ and its name where it is of the release
 * @property {boolean} [positions] its files have a column of pixels, which no view shows
 * @property {Elsewhere} [elsewhere] where it is not of a release
 * @property {string} [view] SQL that creates the view whose missing values are NULL, where the statement may read it
 *
 * @typedef {object} Elsewhere a catalogue that is not of a release
 * @property {"file" | "folder" | "site"} kind
 * @property {string} name of the file or folder, or the address
 * @property {string[]} files with its rows: addresses, or a pattern
 * @property {boolean} hats whether LSDB opens it
 * @property {{ columns: string[], unit: string, frame: string }} [position] how a file has it: one or two columns; unit: in Python
 *
 * @typedef {object} Recipe everything needed to write it
 * @property {Question} question
 * @property {Omit<import("../export/download.js").About, "date">} about
 * @property {string} date
 * @property {string} place folder or address of the release
 * @property {Field[]} fields of the result
 */

import { filtersOf, idLists } from "../../search/filters.js";

/** Name of the list's file, next to the file that reads it. */
export const LIST = "targets.csv";
/** Longer lists are in a file of their own. */
export const MOST_INLINE = 50;

/** Whether a list of targets is a file next to a recipe. @param {{rows: ArrayLike<unknown>} | undefined} targets */
export const isLong = (targets) => (targets?.rows.length ?? 0) > MOST_INLINE;

/** Whether LSDB can run it: a search in a catalogue with positions, without conditions of SQL. @param {Question} question */
export const canLsdb = ({ search, form }) =>
  Boolean(search && form?.position && !filtersOf(search, form).some(({ filter }) => filter?.where?.length));

/**
 * @param {import("../../catalogue/catalogue.js").Catalogue} catalogue
 * @param {Set<string>} [words] of the statement that reads it, in lower case; a search reads the stored values
 * @returns {Source}
 */
export const sourceOf = ({ name, stored, present, meta }, words) => ({
  name,
  stored,
  positions: Boolean(meta.position),
  ...(words?.has(name.toLowerCase()) ? { view: present } : {}),
});

/** The lists of ids that a question names. @param {Question} question */
export const listsIn = ({ search, form, lists = [] }) =>
  search && form ? idLists(filtersOf(search, form)) : lists;

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
 * The head of every text that is copied.
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
