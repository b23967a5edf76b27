/**
 * Which tiles may have the first rows in the order of a column: by the bounds in footers, and by the value of the last of these rows in
 * the tiles that were read so far. Tiles are read in the order of their bounds until no other tile can have one of the rows.
 */
import { unwrapped } from "./duckdb-plan.js";
import { mayMatch } from "./footers.js";
import { ORDERED } from "./plan.js";

/**
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./footers.js').Footer} Footer
 * @typedef {import('./tiles.js').Run} Run
 * @typedef {{ column: string, value: string, descending: boolean }} Key what rows are ordered by first; value: SQL of the column, NULL where it is
 *   missing. NULL comes last
 * @typedef {{ partition: number, tile: number, bound: number | bigint, rows: number }} Bounded a tile with the best value that a row of it may have
 */

/** Tiles that are read at first. With few more, reading all of them costs little. */
const FIRST = 16;
/** By how much each next step is larger. */
const BOLDER = 4;

/** Functions that give a row another value each time. */
const VOLATILE = /\b(?:random|uuid\w*|gen_random_uuid|nextval)\s*\(/i;

/**
 * Whether the rows are the same however often they are asked for, with NULL last.
 * @param {import('./duckdb-plan.js').Top} top of a plan, which does not say where NULL comes
 * @param {string} sql the statement
 */
export const isSettled = ({ order, conditions }, sql) =>
  !/\bNULLS\b/i.test(sql) && ![...order, ...conditions].some((one) => VOLATILE.test(one));

/**
 * @param {string[]} order of a plan
 * @returns {Key | null} null where the order is not that of a column
 */
export function keyOf(order) {
  const [, value, direction] = /^([^]*) (ASC|DESC)$/.exec(order[0] ?? "") ?? [];
  const [, quoted, plain] =
    /^(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))$/u.exec(unwrapped(value ?? "")) ?? [];
  const column = quoted?.replaceAll('""', '"') ?? plain;
  return column ? { column, value, descending: direction === "DESC" } : null;
}

/**
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(partition: number) => Promise<Footer>} footers
 * @param {Pick<Key, "column" | "descending">} key
 * @param {Constraint[]} where that all wanted rows meet
 * @returns {Promise<Bounded[] | null>} the best first; null where bounds do not say
 */
export async function tilesInOrder({ partitions, columns }, runs, footers, { column, descending }, where) {
  const type = columns.find(({ name }) => name === column);
  if (!type || type.arraysize != null || type.unsigned || !ORDERED.includes(type.datatype)) return null;
  /** @type {Bounded[]} */
  const tiles = [];
  for (const { partition, first, last } of runs) {
    const footer = await footers(partition);
    for (let tile = first; tile <= last; tile++) {
      const rows = partitions[partition].tiles[tile][2];
      const { min, max, nulls } = footer[tile].get(column) ?? {};
      const bound = descending ? max : min;
      if (nulls === rows || !mayMatch(footer[tile], where)) continue;
      if (typeof bound !== "number" && typeof bound !== "bigint") return null;
      tiles.push({ partition, tile, bound, rows });
    }
  }
  const sign = descending ? -1 : 1;
  return tiles.sort((a, b) => sign * (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
}

/**
 * @param {Bounded[]} tiles in the order of their bounds
 * @param {Pick<Key, "descending">} key
 * @param {number} rows wanted
 * @param {(some: Bounded[]) => Promise<number | bigint | null>} lastOf reads tiles; the value of the last of the wanted rows in them, null where
 *   they have fewer rows with a value
 * @returns {Promise<Bounded[] | null>} all tiles that may have such a row; null where reading only these would save little
 */
export async function tilesOfFirst(tiles, { descending }, rows, lastOf) {
  for (let count = FIRST; count * 2 < tiles.length; count *= BOLDER) {
    const some = tiles.slice(0, count);
    if (some.reduce((sum, tile) => sum + tile.rows, 0) < rows) continue;
    const last = await lastOf(some);
    if (last === null) continue;
    const left = tiles.filter(({ bound }) => (descending ? bound >= last : bound <= last));
    if (left.length <= count * 2) return left;
  }
  return null;
}

/** @param {Bounded[]} tiles @returns {Run[]} in the order of the catalogue */
export const runsOfBounded = (tiles) =>
  tiles
    .map(({ partition, tile }) => ({ partition, first: tile, last: tile }))
    .sort((a, b) => a.partition - b.partition || a.first - b.first);
