/**
 * SQL of the plots' queries on the rows found. Binning happens there: however many rows there are, the page gets a few
 * thousand numbers. Columns of a source: r (number of the row), p and q (values of both axes), u and v (their place in the
 * plane), c (colour: a value, or the number of a category).
 *
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 * @typedef {{column: PlotColumn, log: boolean}} Term
 * @typedef {{column: PlotColumn, categories: string[] | null}} Colour categories: the named ones, numbered from 1
 * @typedef {object} Question
 * @property {string} table SQL
 * @property {string} where SQL of the filter row, "" for all
 * @property {Term} p
 * @property {Term | null} q
 * @property {Colour | null} colour
 * @property {string} [only] SQL condition on the number of the row
 *
 * @typedef {{left: number, right: number, bottom: number, top: number}} Window of the plane; left may be greater than right
 * @typedef {{sql: (source: string, others: string[]) => string}} Plane
 */
import { ROW } from "../query/hits.js";
import { literal, quoteName } from "../../engine/quoting.js";
import { usable } from "./plot-columns.js";

/** @param {number} value a double, not a decimal */
const real = (value) => `(${value.toExponential()}::DOUBLE)`;

/** @param {Term} term */
const positive = ({ column, log }) => (log ? ` AND ${quoteName(column.name)} > 0` : "");

/** @param {Question} question */
function terms({ p, q }) {
  return q ? [p, q] : [p];
}

/** @param {Question} question */
function rows({ table, where, only }) {
  const conditions = [where, only].filter(Boolean).map((sql) => `(${sql})`);
  return `${table}${conditions.length ? ` WHERE ${conditions.join(" AND ")}` : ""}`;
}

/** @param {Colour | null} colour */
function colourOf(colour) {
  if (!colour) return "NULL::DOUBLE";
  const name = quoteName(colour.column.name);
  const has = usable(colour.column);
  if (!colour.categories) return `CASE WHEN ${has} THEN ${name}::DOUBLE END`;
  const cases = colour.categories.map((word, i) => `WHEN ${name}::VARCHAR = ${literal(word)} THEN ${i + 1}`);
  return `(CASE WHEN NOT ${has} THEN 0 ${cases.join(" ")} ELSE ${colour.categories.length + 1} END)::DOUBLE`;
}

/** Rows with a value on each axis. @param {Question} question */
function raw(question) {
  const holds = terms(question).map((term) => usable(term.column) + positive(term));
  const base = rows(question);
  const value = (/** @type {Term | null} */ term) =>
    term ? `${quoteName(term.column.name)}::DOUBLE` : "0::DOUBLE";
  const and = base === question.table ? " WHERE " : " AND ";
  return `SELECT ${ROW} AS r, ${value(question.p)} AS p, ${value(question.q)} AS q, ${colourOf(question.colour)} AS c FROM ${base}${and}${holds.join(" AND ")}`;
}

/** @param {Question} question @param {Plane | null} plane null: the axes themselves */
function placed(question, plane) {
  if (plane) return plane.sql(`(${raw(question)})`, ["r", "c", "p", "q"]);
  const on = (/** @type {Term | null} */ term, /** @type {string} */ name) =>
    term?.log ? `log10(${name})` : name;
  return `SELECT r, c, p, q, ${on(question.p, "p")} AS u, ${on(question.q, "q")} AS v FROM (${raw(question)})`;
}

/** @param {Window} window */
function inside({ left, right, bottom, top }) {
  const between = (/** @type {string} */ name, /** @type {number} */ a, /** @type {number} */ b) =>
    `${name} BETWEEN ${real(Math.min(a, b))} AND ${real(Math.max(a, b))}`;
  return `${between("u", left, right)} AND ${between("v", bottom, top)}`;
}

/** One row: all rows, those in the plot, those without a value, those that a logarithm cannot show, extremes, correlation. */
export function factsQuery(/** @type {Question} */ question) {
  const all = terms(question);
  const has = all.map((term) => usable(term.column)).join(" AND ");
  const fits = has + all.map(positive).join("");
  const ends = all.flatMap(({ column }) => {
    const name = `${quoteName(column.name)}::DOUBLE`;
    return [`min(${name}) FILTER (${fits})`, `max(${name}) FILTER (${fits})`];
  });
  const value = (/** @type {Term} */ { column, log }) => {
    const name = `${quoteName(column.name)}::DOUBLE`;
    return `CASE WHEN ${fits} THEN ${log ? `log10(${name})` : name} END`;
  };
  const both = question.q ? `corr(${value(question.p)}, ${value(question.q)})` : "NULL";
  return `SELECT count(*), count(*) FILTER (${fits}), count(*) FILTER (NOT (${has})), count(*) FILTER (${has} AND NOT (${fits})), ${both}, ${ends.join(", ")} FROM ${rows(question)}`;
}

/** Rows in a plot by colour: one row (low, high, with a value), or text and count. @param {Question} question @param {PlotColumn} column */
export function colourQuery(question, column) {
  const name = quoteName(column.name);
  const inner = `SELECT ${name} AS value FROM ${rows(question)}`;
  const base = `FROM (${inner}) WHERE ${usable({ ...column, name: "value" })}`;
  if (column.kind === "number")
    return `SELECT quantile_cont(value::DOUBLE, 0.01), quantile_cont(value::DOUBLE, 0.99), min(value)::DOUBLE, max(value)::DOUBLE ${base}`;
  return `SELECT value::VARCHAR, count(*) ${base} GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 40`;
}

/** r, p, q, c of each row in the plot, or of those in a window. @param {Question} question @param {Plane | null} plane @param {Window | null} window */
export function pointsQuery(question, plane, window) {
  const source = window ? `${placed(question, plane)}) WHERE ${inside(window)}` : `${raw(question)})`;
  return `SELECT r::INTEGER AS r, p, q, coalesce(c, 'nan'::DOUBLE)::FLOAT AS c FROM (${source}`;
}

/** r, u, v of the rows inside. @param {Question} question @param {Plane | null} plane @param {Window} window */
export function regionQuery(question, plane, window) {
  return `SELECT r::INTEGER AS r, u, v FROM (${placed(question, plane)}) WHERE ${inside(window)}`;
}

/**
 * Cells of the window with rows in them: number of the cell (from the upper left, line by line), category or -1, rows, mean of c.
 * @param {Question} question @param {Plane | null} plane @param {Window} window @param {number} across @param {number} down
 */
export function binsQuery(question, plane, window, across, down) {
  const { left, right, bottom, top } = window;
  const cell = (
    /** @type {string} */ name,
    /** @type {number} */ from,
    /** @type {number} */ to,
    /** @type {number} */ n,
  ) => `least(${n - 1}, floor((${name} - ${real(from)}) * ${real(n / (to - from))})::INTEGER)`;
  const group = question.colour?.categories ? "c::INTEGER" : "-1";
  return `SELECT ${cell("u", left, right, across)} + ${across} * ${cell("v", top, bottom, down)} AS k, ${group} AS g, count(*)::INTEGER AS n, coalesce(avg(c), 'nan'::DOUBLE)::FLOAT AS m FROM (${placed(question, plane)}) WHERE ${inside(window)} GROUP BY ALL`;
}

/** Rows by bin of the first axis: number of the bin, category or -1, rows, mean of c. */
export function histogramQuery(
  /** @type {Question} */ question,
  /** @type {number} */ start,
  /** @type {number} */ step,
  /** @type {number} */ count,
) {
  const k = `floor((u - ${real(start)}) / ${real(step)})::INTEGER`;
  const group = question.colour?.categories ? "c::INTEGER" : "-1";
  // the last bin includes its upper end, and values that rounding puts slightly above it
  const end = `u BETWEEN ${real(start - step * 1e-9)} AND ${real(start + step * (count + 1e-9))}`;
  return `SELECT greatest(0, least(${count - 1}, ${k})) AS k, ${group} AS g, count(*)::INTEGER AS n, coalesce(avg(c), 'nan'::DOUBLE)::FLOAT AS m FROM (${placed(question, null)}) WHERE ${end} GROUP BY ALL`;
}

/** One row: mean vector of the positions, and with a centre the square of the longest chord to it. */
export function spreadQuery(
  /** @type {Question} */ question,
  /** @type {[number, number, number] | null} */ centre,
) {
  const vector = `SELECT cos(radians(q)) * cos(radians(p)) AS x, cos(radians(q)) * sin(radians(p)) AS y, sin(radians(q)) AS z FROM (${raw(question)})`;
  const [x, y, z] = centre ?? [0, 0, 0];
  const chord = `max((x - ${real(x)}) ** 2 + (y - ${real(y)}) ** 2 + (z - ${real(z)}) ** 2)`;
  return `SELECT avg(x), avg(y), avg(z), ${chord} FROM (${vector})`;
}
