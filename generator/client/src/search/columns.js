/**
 * The columns of a catalogue in a search: how their values are written, compared and quoted.
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} datatype Felis name: boolean, byte, short, int, long, float, double, char, string, unicode, text, binary, timestamp
 * @property {string | null} [unit]
 * @property {string | null} [ucd]
 * @property {string | null} [description]
 * @property {(number | string)[] | null} [missing] values that mean "no value"
 * @property {string | null} [arraysize]
 * @property {string} [about] the description in the page's language, where the data have it in another language
 * @property {[number, string, string][]} [bits] of a mask: bit, name and meaning
 * @property {number} [scale] of decimals: digits after the point; 9 for timestamps in nanoseconds
 * @property {boolean} [unsigned] numbers of 64 bits without a sign
 * @property {boolean} [nan] its values were computed, and may be NaN as well as NULL
 * @property {boolean} [dates] dates as text, 2015-10-27 or longer
 * @property {Filter} [filter] it is no column of the files, but computed from a list of ids
 *
 * @typedef {object} Filter
 * @property {"spectrum" | "repeated" | "issue"} kind
 * @property {string | null} id the column that the list is compared with
 * @property {string} table the list's name in SQL, with the column `id`
 * @property {string} title
 * @property {string[]} [where] conditions of rows that are not in the list, as the release writes them
 * @property {IdList} [list] once it has been read
 *
 * @typedef {object} IdList files with ids, from the release's folder
 * @property {string} table
 * @property {string} column of the files
 * @property {string} type of SQL, in a CSV file
 * @property {string[]} files
 *
 * @typedef {object} Form one catalogue as the page knows it before any data are read
 * @property {string} name
 * @property {number} rows
 * @property {{ra: string, dec: string} | null} position
 * @property {string | null} id
 * @property {string} [spectra] column of the ids of its spectra
 * @property {Column[]} columns
 * @property {Column[]} [filters] conditions that are like columns of true and false
 *
 * @typedef {"whole" | "real" | "text" | "time" | "truth" | "other"} Kind
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  byte: "whole",
  short: "whole",
  int: "whole",
  long: "whole",
  float: "real",
  double: "real",
  char: "text",
  string: "text",
  unicode: "text",
  text: "text",
  timestamp: "time",
  boolean: "truth",
};

/** @param {Column} column @returns {Kind} */
export function kindOf(column) {
  const kind = KINDS[column.datatype] ?? "other";
  // An array of texts is not a text: columns with an array size are not searched.
  return column.arraysize == null || column.arraysize === "1" ? kind : "other";
}

/** Whether a column has names of objects, such as identifiers or designations. @param {Column} column */
export function isId({ name, ucd }) {
  return (
    /^meta\.id|^meta\.record/i.test(ucd ?? "") ||
    /(?:^|_)id$|[a-z]id$|source|designation|^(?:tic|kic|hip|hd|epic|tyc|name)$/i.test(name)
  );
}

/**
 * The column that a name refers to: exactly, or in another case where that is not ambiguous.
 * @param {Form} form @param {string} name
 * @returns {Column | undefined}
 */
export function findColumn(form, name) {
  const lower = name.toLowerCase();
  return (
    form.columns.find((c) => c.name === name) ??
    form.filters?.find((c) => c.name === lower) ??
    form.columns.find((c) => c.name.toLowerCase() === lower)
  );
}

/** Digits after the point of a distance in arcsec in a table; files have all of them. */
export const APART = 3;

/**
 * The name of the computed distance from the centre of a cone, different from all of the catalogue's columns.
 * @param {Form} form
 */
export function separationName(form) {
  let name = "separation";
  while (findColumn(form, name)) name += "_";
  return name;
}

/**
 * Columns as the data describe them, with what the page knows in addition: their meaning in its language, bits of masks.
 * @template {{name: string, description: string | null}} T
 * @param {T[]} columns @param {Column[]} descriptions @returns {(T & Pick<Column, "bits">)[]}
 */
export function explained(columns, descriptions) {
  const known = new Map(descriptions.map((column) => [column.name, column]));
  return columns.map((column) => {
    const { about = column.description, bits } = known.get(column.name) ?? {};
    return { ...column, description: about, bits };
  });
}

/** @param {import("../formats.d.ts").FormFilter} filter @returns {Column} a column of true and false */
export const asFilter = (filter) => ({ name: filter.name, datatype: "boolean", filter });

/** Columns of a catalogue that targets may be compared with. @param {Form} form */
export function idColumns(form) {
  return form.columns.filter((column) => ["whole", "text"].includes(kindOf(column)));
}

/** @type {[RegExp, string][]} */
const DATATYPES_OF_SQL = [
  [/int(eger)?$/i, "long"],
  [/^float$/i, "float"],
  [/^(double|decimal.*)$/i, "double"],
  [/^varchar$/i, "string"],
  [/^boolean$/i, "boolean"],
  [/^(date|timestamp.*)$/i, "timestamp"],
];

/**
 * A field of a result as a column that can be searched.
 * @param {{name: string, type: string, missing?: (number | string)[] | null}} field type: of SQL
 * @returns {Column}
 */
export function asColumn({ name, type, missing }) {
  const datatype = DATATYPES_OF_SQL.find(([pattern]) => pattern.test(type))?.[1] ?? "binary";
  return { name, datatype, missing, nan: /^(float|double)$/.test(datatype) };
}
