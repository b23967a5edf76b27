/**
 * A column of numbers against the date of the observations, with the errors that another column gives.
 *
 * @typedef {import("./observations.js").Observation} Observation
 * @typedef {import("../../catalogue/rows.js").ColumnMeta} ColumnMeta
 * @typedef {{key: string, name: string, unit: string, title: string, epochs: number}} Quantity a column that some rows have, with this unit
 * @typedef {object} Point
 * @property {number} day modified Julian date @property {number} value @property {number | null} error
 * @property {string} catalogue @property {string} id @property {string} date
 * @typedef {object} Series
 * @property {Quantity} quantity @property {Point[]} points by date
 * @property {string[]} errors columns that the errors are from
 * @property {number} without rows that have the column, but no value or no date
 */
import { numberOf } from "../../shared/value-text.js";

const NUMBERS = new Set(["byte", "short", "int", "long", "float", "double", "decimal", "unsignedByte"]);
/** Columns that readers most often want, the first that there is. */
const WANTED = [/^rv$/i, /^rv(?!.*(err|sig|flag))/i, /^(radial_velocity|vrad|v_?helio)/i, /^z$/i, /^teff/i];

/** @param {ColumnMeta} column */
const isNumber = ({ datatype, arraysize }) =>
  (NUMBERS.has(datatype) || /^decimal/i.test(datatype)) && (!arraysize || arraysize === "1");

/** @param {ColumnMeta} column */
const keyOf = ({ name, unit }) => `${name}\n${unit ?? ""}`;

/** A value of a row that is not missing. @param {import("../../catalogue/rows.js").Row} row @param {string} name @returns {number | null} */
function valueOf({ values, columns }, name) {
  const own = columns.find((one) => one.name === name);
  const value = values.get(name);
  if (!own || value === null || value === undefined) return null;
  const number = numberOf(value);
  const isMissing = own.missing.some((one) => String(one) === String(value) || Number(one) === number);
  return Number.isFinite(number) && !isMissing ? number : null;
}

/** Each row once. @param {Observation[]} observations */
function rowsOf(observations) {
  const seen = new Map(observations.flatMap((one) => (one.found ? [[one.found.row, one]] : [])));
  return [...seen].map(([row, { summary, id }]) => ({ row, ...summary, id }));
}

/**
 * The columns that can be drawn, those of the first catalogue first; ids and days are left out.
 * @param {Observation[]} observations @param {Record<string, {roles: Record<string, any>}>} objects @returns {Quantity[]}
 */
export function quantities(observations, objects) {
  /** @type {Map<string, Quantity & {days: Set<number>}>} */
  const found = new Map();
  for (const { row, day } of rowsOf(observations)) {
    const { id, night } = objects[row.catalogue]?.roles ?? {};
    for (const column of row.columns) {
      const { name, unit, ucd, description } = column;
      const isLabel = name === id || name === night || /^meta\.id/.test(ucd ?? "") || /^l?mjd/i.test(name);
      if (!isNumber(column) || isLabel) continue;
      const key = keyOf(column);
      if (!found.has(key))
        found.set(key, {
          ...{ key, name, unit: unit ?? "" },
          title: description ?? "",
          epochs: 0,
          days: new Set(),
        });
      if (day < Infinity && valueOf(row, name) !== null) found.get(key)?.days.add(day);
    }
  }
  return [...found.values()]
    .map(({ days, ...one }) => ({ ...one, epochs: days.size }))
    .filter(({ epochs }) => epochs);
}

/** What is drawn at first: a velocity, if there are some, otherwise what has most epochs. @param {Quantity[]} all */
export function firstQuantity(all) {
  for (const least of [2, 1]) {
    for (const pattern of WANTED) {
      const known = all.find(({ name, epochs }) => pattern.test(name) && epochs >= least);
      if (known) return known;
    }
  }
  return all.toSorted((a, b) => b.epochs - a.epochs)[0] ?? null;
}

/**
 * The column with the errors of another one: by its name, otherwise by a UCD that no other column has.
 * @param {ColumnMeta[]} columns @param {string} name @returns {string | null}
 */
export function errorColumn(columns, name) {
  const lower = name.toLowerCase();
  const forms = ["{}_err", "{}_error", "{}err", "e_{}", "err_{}", "{}_sigma", "sigma_{}", "{}_unc", "{}_std"];
  const named = forms.map((form) => form.replace("{}", lower));
  const own = columns.find((one) => one.name === name);
  const numbers = columns.filter((one) => isNumber(one) && (one.unit ?? "") === (own?.unit ?? ""));
  for (const form of named) {
    const known = numbers.find((one) => one.name.toLowerCase() === form);
    if (known) return known.name;
  }
  const { ucd } = own ?? {};
  if (!ucd || columns.filter((one) => one.ucd === ucd).length > 1) return null;
  const meant = numbers.filter((one) => one.ucd?.toLowerCase() === `stat.error;${ucd}`.toLowerCase());
  return meant.length === 1 ? meant[0].name : null;
}

/** @param {Observation[]} observations @param {Quantity} quantity @returns {Series} */
export function seriesOf(observations, quantity) {
  const rows = rowsOf(observations).filter(({ row }) =>
    row.columns.some((one) => keyOf(one) === quantity.key),
  );
  /** @type {Set<string>} */
  const errors = new Set();
  const points = rows.flatMap(({ row, day, date, id }) => {
    const value = valueOf(row, quantity.name);
    if (value === null || day === Infinity) return [];
    const column = errorColumn(row.columns, quantity.name);
    const size = column ? valueOf(row, column) : null;
    const error = size !== null && size > 0 ? size : null;
    if (column && error !== null) errors.add(column);
    return [{ day, value, error, catalogue: row.catalogue, id, date }];
  });
  points.sort((a, b) => a.day - b.day);
  return { quantity, points, errors: [...errors], without: rows.length - points.length };
}

/** The usual numbers of a series: epochs, days between the first and the last, mean and standard deviation. @param {Point[]} points */
export function summaryOf(points) {
  const n = points.length;
  const mean = points.reduce((sum, { value }) => sum + value, 0) / n;
  const squares = points.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  return {
    epochs: new Set(points.map(({ day }) => day)).size,
    days: n ? points[n - 1].day - points[0].day : 0,
    mean,
    deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN,
  };
}

const ZERO = 40587;
const DAY = 864e5;
/** Steps in years, months and days. */
const STEPS = /** @type {const} */ ([
  ...[100, 50, 20, 10, 5, 2, 1].map((n) => ({ years: n, months: 0, days: 0 })),
  ...[6, 3, 1].map((n) => ({ years: 0, months: n, days: 0 })),
  ...[10, 5, 2, 1].map((n) => ({ years: 0, months: 0, days: n })),
]);

/** A day as a date, as short as the step allows. @param {number} day */
const dateOf = (day) => new Date((day - ZERO) * DAY).toISOString().slice(0, 10);

/**
 * Ticks at round dates. @param {number} low @param {number} high modified Julian dates @param {number} count at most so many
 * @returns {{day: number, text: string}[]}
 */
export function dateTicks(low, high, count) {
  const usable = STEPS.filter(
    ({ years, months, days }) => (high - low) / (years * 365.25 + months * 30.4 + days) <= count,
  );
  const { years, months, days } = usable.at(-1) ?? STEPS[0];
  /** @type {{day: number, text: string}[]} */
  const found = [];
  const first = new Date((low - ZERO) * DAY);
  if (days) {
    for (let day = Math.ceil(low / days) * days; day <= high; day += days)
      found.push({ day, text: dateOf(day) });
    return found;
  }
  const step = years * 12 + months;
  const month = first.getUTCFullYear() * 12 + first.getUTCMonth();
  for (let at = Math.floor(month / step) * step; ; at += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(at / 12), at % 12, 1);
    const day = date.getTime() / DAY + ZERO;
    if (day > high) return found;
    if (day >= low) found.push({ day, text: dateOf(day).slice(0, months ? 7 : 4) });
  }
}
