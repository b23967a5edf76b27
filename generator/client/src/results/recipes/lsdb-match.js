/** A match with another catalogue as Python with LSDB. */
import { carriedNames } from "../../search/targets/match-sql.js";
import { lsdbLines } from "./from-elsewhere.js";
import { literal } from "./python-text.js";

/** @typedef {import("./question.js").Question} Question */

/** Most neighbours of a row that are looked for where all are wanted. */
const NEIGHBOURS = 100;
const SUFFIX = "_other";
const DISTANCE = "_dist_arcsec";

/** The other catalogue's columns that are carried. @param {Question} question */
function carried({ search, other }) {
  const { id = null, position = null } = other ?? {};
  return (
    search?.match?.columns ??
    other?.all ?? [...new Set([id, position?.ra, position?.dec].flatMap((name) => name ?? []))]
  );
}

/** The names of its columns and of the separation in LSDB's result, and here. @param {Question} question @returns {Map<string, string>} */
export function otherNames(question) {
  const { form, other } = question;
  if (!form || !other) return new Map();
  const columns = carried(question).map((name) => ({ name, datatype: "double" }));
  const names = carriedNames(other.prefix, columns, form);
  return new Map([
    [DISTANCE, names.apart],
    ...names.carried.map(
      ({ name, column }) => /** @type {[string, string]} */ ([`${column.name}${SUFFIX}`, name]),
    ),
  ]);
}

/** @param {Question} question @returns {string[]} */
export function otherLines(question) {
  const { search, other } = question;
  if (!search?.match || !other?.position) return [];
  const { match, radius } = search.match;
  const read = [...new Set([...carried(question), other.position.ra, other.position.dec])];
  return [
    ...(other.elsewhere
      ? lsdbLines(other.elsewhere, read, other.position, radius)
      : [`other = opened(${literal(other.folder)}, ${literal(read)}, ${literal(radius)})`]),
    "catalog = catalog.crossmatch(",
    "    other,",
    `    radius_arcsec=${literal(radius)},`,
    `    n_neighbors=${match === "nearest" ? 1 : NEIGHBOURS},`,
    `    suffixes=("", ${literal(SUFFIX)}),`,
    '    suffix_method="all_columns",',
    ")",
    `result = catalog.compute().rename(columns=${literal(Object.fromEntries(otherNames(question)))})`,
  ];
}
