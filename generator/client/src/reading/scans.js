/** From DuckDB's plan of a statement to what it will read of a catalogue: which columns, between which bounds, in which region. */

import { unmasked, unwrapped } from "./duckdb-plan.js";

/**
 * @typedef {import('./duckdb-plan.js').Scan} Scan
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {{ type: 'box', ra_min: number, ra_max: number, dec_min: number, dec_max: number }} Box degrees; ra_min > ra_max goes through 0
 * @typedef {{ name: string, columns: { name: string }[], position: { ra: string, dec: string } | null }} Described
 * @typedef {import('./duckdb-plan.js').Top} Top
 * @typedef {{ columns: string[] | null, where: Constraint[], sure: Constraint[], regions: Box[] | null, rows: number | null,
 *   conditions: string[], limited: boolean, top: Top | null }} Reading
 *   columns: null for all; sure: those that DuckDB compares with the bounds of row groups; regions: rows lie in one of them, null
 *   for anywhere; rows: how many are read at most; for the others see Scan
 */

const NUMBER = "(-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)";
const BOUND = new RegExp(`^\\(?([\\p{L}_][\\p{L}\\p{N}_]*) ?(>=|<=|>|<|=) ?${NUMBER}\\)?$`, "u");

/**
 * Bounds on one column that a filter of a scan sets.
 * @param {string} filter as the plan writes it
 * @returns {Constraint | null} null where the filter is not that simple
 */
export function bound(filter) {
  const parts = filter
    .replace(/^\((\(.*\))\)$/, "$1")
    .split(" AND ")
    .map((part) => BOUND.exec(part));
  /** @type {Constraint | null} */
  let found = null;
  for (const part of parts) {
    if (!part || (found && found.column !== part[1])) return null;
    const [, column, sign, text] = part;
    const value = /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
    found ??= { column };
    if (sign !== "<" && sign !== "<=") found.low = value;
    if (sign !== ">" && sign !== ">=") found.high = value;
  }
  return found;
}

/**
 * The range of right ascension: one of several intervals, as the macro `cone` writes them.
 * @param {string} filter
 * @param {string} column
 * @returns {[low: number, high: number][] | null}
 */
function intervals(filter, column) {
  const alone = bound(filter);
  if (alone) return alone.column === column ? [[Number(alone.low ?? 0), Number(alone.high ?? 360)]] : null;
  if (!filter.startsWith("((") || !filter.endsWith("))")) return null;
  const parts = filter
    .slice(1, -1)
    .split(" OR ")
    .map((part) => bound(part));
  if (parts.some((part) => part?.column !== column)) return null;
  return parts.map((part) => [Number(part?.low ?? 0), Number(part?.high ?? 360)]);
}

/**
 * The regions of the rows of a scan.
 * @param {Pick<Scan, "filters">} scan
 * @param {{ ra: string, dec: string } | null} position
 * @returns {Box[] | null} null for anywhere
 */
export function regionsOf({ filters }, position) {
  if (!position) return null;
  let [south, north] = [-90, 90];
  /** @type {[number, number][] | null} */
  let across = null;
  for (const filter of filters) {
    const limits = bound(filter);
    if (limits?.column === position.dec) {
      south = Math.max(south, Number(limits.low ?? -90));
      north = Math.min(north, Number(limits.high ?? 90));
    } else across ??= intervals(filter, position.ra);
  }
  if (south <= -90 && north >= 90 && !across) return null;
  if (south > north) return [];
  return (across ?? [[0, 360]])
    .map(([low, high]) => [Math.max(low, 0), Math.min(high, 360)])
    .filter(([low, high]) => low <= high)
    .map(([ra_min, ra_max]) => ({ type: "box", ra_min, ra_max, dec_min: south, dec_max: north }));
}

/**
 * What the scans of a plan may read of one catalogue. The plan does not say whose files a scan reads: it counts for every
 * catalogue except those that lack a column of it which another one has.
 * @param {Scan[]} scans
 * @param {Described} catalogue
 * @param {Described[]} all catalogues that the statement may read
 * @param {number | null} rows at most that the statement reads where it has no conditions
 * @returns {Reading[]}
 */
export function readings(scans, catalogue, all, rows) {
  const has = (/** @type {Described} */ { columns }, /** @type {string} */ name) =>
    columns.some((column) => column.name === name);
  const foreign = (/** @type {string} */ name) =>
    !has(catalogue, name) && all.some((other) => has(other, name));
  return scans
    .filter((scan) => !scan.named.some(foreign))
    .map((scan) => ({
      columns: scan.columns,
      where: scan.filters.flatMap((filter) => bound(filter) ?? []),
      sure: scan.conditions.flatMap((filter) => bound(unwrapped(unmasked(filter))) ?? []),
      regions: regionsOf(scan, catalogue.position),
      rows: scan.streaming ? rows : null,
      conditions: scan.conditions,
      limited: scan.limited,
      top: scan.top,
    }));
}

/**
 * Where all rows read from a catalogue are.
 * @param {Pick<Reading, "regions">[]} readings
 * @returns {Box[] | null}
 */
export function together(readings) {
  /** @type {Box[]} */
  const all = [];
  for (const { regions } of readings) {
    if (!regions) return null;
    all.push(...regions);
  }
  return readings.length ? all : null;
}
