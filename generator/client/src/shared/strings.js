/**
 * Texts of the page in the reader's language. Keys are the English text; {names} are filled in.
 * themes/default/templates/strings.html lists the keys, so that translators see them.
 */

/** @type {Record<string, string>} */
let words = {};

/** @param {Record<string, string>} strings */
export function setStrings(strings) {
  words = strings;
}

/**
 * Texts that count `n`, and their form where there is one. A text with a count before a plural
 * is listed here, unless it never counts one.
 * @type {Record<string, string>}
 */
export const ONE = {
  "{n} rows in {s} s": "{n} row in {s} s",
  "{n} rows": "{n} row",
  "All {n} rows": "The only row",
  "{n} marked rows": "{n} marked row",
  "{n} rows marked": "{n} row marked",
  "about {n} rows": "about {n} row",
  "{n} rows, of which the first {most} are listed": "{n} row, of which the first {most} are listed",
  "{n} pixels in {s} s": "{n} pixel in {s} s",
  "{n} spectra, about {size}": "{n} spectrum, about {size}",
  "{n} spectra of the release {release}": "{n} spectrum of the release {release}",
  "Query of {catalogue} in {release}: {n} rows, {date}.":
    "Query of {catalogue} in {release}: {n} row, {date}.",
  "This is not what was published: {n} faults": "This is not what was published: {n} fault",
  "All is as published: {n} files, {size}.": "All is as published: {n} file, {size}.",
  "{n} files were left out of this mirror on purpose.": "{n} file was left out of this mirror on purpose.",
  "All {n} columns": "The only column",
  "{n} targets": "{n} target",
  "{n} places within {radius}": "{n} place within {radius}",
  "proper motion in {n} years": "proper motion in {n} year",
  "The first {n} rows": "The first row",
  "Save {n} rows": "Save 1 row",
  "Save {n} marked rows": "Save 1 marked row",
  "Save {n} rows on screen": "Save 1 row on screen",
  "Save the first {n} rows": "Save the first row",
  "{n} without a value are left out": "{n} without a value is left out",
  "Without {condition}: {n} rows": "Without {condition}: {n} row",
  "Without {one} and {other}: {n} rows": "Without {one} and {other}: {n} row",
  "With {conditions} alone: {n} rows": "With {conditions} alone: {n} row",
  "{column} has “{value}”: {n} rows": "{column} has “{value}”: {n} row",
  "This link is from a search by a list of {n} targets. The link does not contain the list: paste it or choose its file.":
    "This link is from a search by a list of {n} target. The link does not contain the list: paste it or choose its file.",
  "{n} bytes, not {m}": "{n} byte, not {m}",
  "{n} more characters were printed.": "{n} more character was printed.",
};

/** The same for texts that agree with `all`. @type {Record<string, string>} */
export const ONE_IN_ALL = {
  "{n} of {all} rows": "{n} of {all} row",
  "{n} of {all} columns": "{n} of {all} column",
  "{n} of {all} positions inside": "{n} of {all} position inside",
};

const groups = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "en", {
  useGrouping: "always",
});

/** A count in the format of the page's language: 1,234. @param {number | bigint} count */
export const countText = (count) => groups.format(count);

/**
 * @param {string} text English, of several where it counts `n`
 * @param {Record<string, string | number | bigint>} [values] whole numbers are counts, whose thousands are
 * separated; ids, limits of columns and everything else to be shown unchanged are given as strings
 */
export function t(text, values = {}) {
  let key = text;
  if (Number(values.n) === 1) key = ONE[text] ?? text;
  if (Number(values.all) === 1) key = ONE_IN_ALL[text] ?? key;
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? written(values[name]) : whole,
  );
}

/** @param {string | number | bigint} value */
const written = (value) =>
  typeof value === "bigint" || Number.isInteger(value)
    ? countText(/** @type {number | bigint} */ (value))
    : String(value);
