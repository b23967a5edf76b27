/**
 * A search by a list of targets: read the tiles that can contain a match in portions, compare each in the engine, and keep
 * the matches next to the list's own columns.
 *
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/targets/roles.js").Targets} Targets
 * @typedef {import("../../search/targets/roles.js").TargetSearch} TargetSearch
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../export/votable.js").Field} Field
 *
 * @typedef {object} Found
 * @property {string} query for the rows in order
 * @property {number} total
 * @property {string[]} own the list's columns in the result
 * @property {string | null} apart name of the separation
 * @property {Uint8Array} matched 1 for each target with a match
 */
import { coverTargets, portions } from "../../catalogue/match.js";
import { runsOf } from "../../reading/tiles.js";
import { ROW } from "./hits.js";
import { t } from "../../shared/strings.js";
import { bounds } from "../../search/bounds.js";
import { APART, findColumn, separationName } from "../../search/columns.js";
import { nameForms } from "../../search/designations.js";
import { conditions, ordering, separationFormula } from "../../search/conditions.js";
import { quoteName } from "../../search/literals.js";
import { idTable, listTable, placeTable } from "./target-tables.js";

/** Bytes of tiles compared at once. */
const PORTION = 32 << 20;
/** Up to so many identifiers the catalogue itself looks up. */
const FEW = 2000;
/** Every search has tables of its own: the previous one may still be removing its tables. */
let searches = 0;

/**
 * @typedef {{catalogue: Catalogue, form: Form, search: Search, chosen: string[], cap: number, signal: AbortSignal,
 *   onShare: (share: number) => void}} Wanted chosen: the catalogue's columns to show; cap: rows kept at most
 */

/**
 * @template T
 * @param {Wanted} wanted
 * @param {(found: Found) => Promise<T>} use runs the query; its tables are dropped afterwards
 * @returns {Promise<T>}
 */
export async function findTargets(wanted, use) {
  const { engine } = wanted.catalogue;
  const schema = `_drportal_targets_${++searches}`;
  await engine.rows(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  try {
    return await use(await find(wanted, schema));
  } finally {
    await engine.rows(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  }
}

/**
 * @param {Wanted} wanted @param {string} schema
 * @returns {Promise<Found>}
 */
async function find(wanted, schema) {
  const { catalogue, form, search, chosen, signal } = wanted;
  const { engine } = catalogue;
  const { targets, match } = /** @type {TargetSearch} */ (search.targets);
  const byPlace = targets.roles.by === "position";
  const own = ownNames(targets, form);
  await engine.insert(schema, "list", listTable(targets, own), signal);
  const names = [...new Set([...chosen, ...search.sort.map((order) => order.column)])].filter((name) =>
    findColumn(form, name),
  );
  const comparison = await (byPlace && form.position
    ? comparePlaces(wanted, schema, names, form.position)
    : compareIds(wanted, schema, names));
  const nearest = match === "nearest" && byPlace;
  const { total, matched } = await collect(wanted, schema, names, comparison, nearest);
  const apart = byPlace ? separationName(form) : null;
  return {
    query: inOrder(wanted, schema, { names, own, apart, nearest, total }),
    total,
    own,
    apart,
    matched,
  };
}

/**
 * @typedef {object} Comparison of targets with rows of the catalogue
 * @property {(relation: string) => string} join SQL of the pairs that match
 * @property {() => AsyncGenerator<{relation: string}>} parts portions of the catalogue, read one after another
 */

/** @param {string} schema @param {string} name */
const tableIn = (schema, name) => `"${schema}"."${name}"`;

/**
 * @param {Wanted} wanted @param {string} schema @param {string[]} names columns to keep
 * @param {{ra: string, dec: string}} position
 * @returns {Promise<Comparison>}
 */
async function comparePlaces(wanted, schema, names, position) {
  const { catalogue, form, search, signal } = wanted;
  const { targets, radius } = /** @type {TargetSearch} */ (search.targets);
  const each = Float64Array.from(targets.rows, (_, i) => targets.radius?.[i] || radius);
  const { cover, pairs } = await coverTargets(
    /** @type {Float64Array} */ (targets.ra),
    /** @type {Float64Array} */ (targets.dec),
    each,
    signal,
  );
  await catalogue.engine.insert(schema, "sought", placeTable(targets, each, pairs), signal);
  const read = [...new Set([...names, ...tested(search), position.ra, position.dec])];
  const all = portions(catalogue.meta, runsOf(catalogue.meta, cover), PORTION);
  const asked = { where: bounds(search, form), columns: read, pixels: true };
  const levels = [...new Set(pairs.order)];
  return {
    join: placeJoin(position, levels, read, names, filterOf(wanted), tableIn(schema, "sought")),
    parts: () => prepared(wanted, all, asked),
  };
}

/**
 * @param {Wanted} wanted @param {string} schema @param {string[]} names columns to keep
 * @returns {Promise<Comparison>}
 */
async function compareIds(wanted, schema, names) {
  const { catalogue, form, search, signal, onShare } = wanted;
  const { targets } = /** @type {TargetSearch} */ (search.targets);
  const column = /** @type {import("../../search/columns.js").Column} */ (
    findColumn(form, targets.roles.column)
  );
  const ids = /** @type {BigInt64Array | BigUint64Array | string[]} */ (targets.ids);
  await catalogue.engine.insert(schema, "sought", idTable(targets), signal);
  const read = [...new Set([...names, ...tested(search), column.name])];
  const where = [...bounds(search, form), { column: column.name, ...span(ids) }];
  async function* atOnce() {
    const onProgress = (/** @type {number} */ loaded, /** @type {number} */ of) => onShare(loaded / of);
    yield await catalogue.prepare({ where, columns: read, signal, onProgress });
  }
  const inPortions = () => {
    const all = portions(catalogue.meta, runsOf(catalogue.meta, null), PORTION);
    return prepared(wanted, all, { where, columns: read, pixels: false });
  };
  return {
    join: idJoin(column.name, read, names, filterOf(wanted), tableIn(schema, "sought")),
    parts: targets.rows.length <= FEW ? atOnce : inPortions,
  };
}

/** Columns with conditions in the search. @param {Search} search */
const tested = (search) => search.constraints.map((constraint) => constraint.column);

/** @param {Wanted} wanted */
const filterOf = ({ form, search }) => conditions({ ...search, region: null }, form);

/**
 * @param {Wanted} wanted @param {import("../../reading/tiles.js").Run[][]} all
 * @param {{where: import("../../reading/footers.js").Constraint[], columns: string[], pixels: boolean}} asked
 */
async function* prepared({ catalogue, signal, onShare }, all, asked) {
  for (const [i, runs] of all.entries()) {
    const onProgress = (/** @type {number} */ loaded, /** @type {number} */ of) =>
      onShare((i + (of ? loaded / of : 0)) / all.length);
    yield await catalogue.prepareRuns(runs, { ...asked, signal, onProgress });
    onShare((i + 1) / all.length);
  }
}

/**
 * Insert the matches into the table `matched`: the target's number, the separation, the columns.
 * @param {Wanted} wanted @param {string} schema @param {string[]} names @param {Comparison} comparison
 * @param {boolean} nearestOnly only the nearest for each target
 * @returns {Promise<{total: number, matched: Uint8Array}>}
 */
async function collect(
  { catalogue, form, search, cap, signal },
  schema,
  names,
  { join, parts },
  nearestOnly,
) {
  const { engine } = catalogue;
  const matches = tableIn(schema, "matched");
  const { targets } = /** @type {TargetSearch} */ (search.targets);
  const matched = new Uint8Array(targets.rows.length);
  const mark = async (/** @type {string} */ query) => {
    const { rows } = await engine.rows(query, { signal });
    for (const [n] of rows) matched[n] = 1;
    return rows;
  };
  const count = async () => Number((await engine.rows(`SELECT count(*) FROM ${matches}`)).rows[0][0]);
  await catalogue.define();
  const empty = `SELECT ${numbered(names.map(quoteName)).join(", ") || "NULL AS nothing"} FROM ${quoteName(form.name)} LIMIT 0`;
  await engine.rows(`CREATE TABLE ${matches} AS SELECT 0::INTEGER AS n, 0::DOUBLE AS d, * FROM (${empty})`, {
    signal,
  });
  let [kept, beyond] = [0, 0];
  for await (const { relation } of parts()) {
    const found = join(relation);
    if (nearestOnly) {
      await engine.rows(`INSERT INTO ${matches} ${nearest(found, names)}`, { signal });
      continue;
    }
    const before = kept;
    if (kept < cap) {
      await engine.rows(`INSERT INTO ${matches} ${found} LIMIT ${cap - kept}`, { signal });
      kept = await count();
    }
    if (kept < cap) continue;
    // no more rows are kept, but all are counted and their targets noted as matched
    const rows = await mark(`SELECT n, count(*) FROM (${found}) GROUP BY 1`);
    beyond += rows.reduce((sum, row) => sum + Number(row[1]), 0) - (kept - before);
  }
  await mark(`SELECT DISTINCT n FROM ${matches}`);
  const total = nearestOnly ? matched.reduce((sum, flag) => sum + flag, 0) : beyond + (await count());
  return { total, matched };
}

/**
 * The query for the matching rows in order.
 * @param {Wanted} wanted @param {string} schema
 * @param {{names: string[], own: string[], apart: string | null, nearest: boolean, total: number}} found
 */
function inOrder({ form, search, cap }, schema, { names, own, apart, nearest, total }) {
  const columns = [
    ...own.map((name) => `l.${quoteName(name)}`),
    ...(apart ? [`m.d AS ${quoteName(apart)}`] : []),
    ...names.map((name, i) => `m.c${i} AS ${quoteName(name)}`),
    `m.n AS ${ROW}`,
  ];
  const best = nearest ? ` QUALIFY row_number() OVER (PARTITION BY m.n ORDER BY m.d, m.rowid) = 1` : "";
  const [matches, list] = [tableIn(schema, "matched"), tableIn(schema, "list")];
  const rows = `SELECT ${columns.join(", ")} FROM ${matches} m JOIN ${list} l ON l.n = m.n${best}`;
  const most = Math.min(search.limit ?? cap, cap);
  const sort = search.sort.filter(({ column }) => column === apart || names.includes(column));
  const order = total > most ? ordering(sort, form.columns) : "";
  const last = [ROW, ...(apart ? [quoteName(apart)] : [])];
  return `SELECT * EXCLUDE (${ROW}) FROM (${rows}) ORDER BY ${[...(order ? [order] : []), ...last].join(", ")} LIMIT ${most}`;
}

/**
 * The names of the list's columns in the result: with target_ before names that the catalogue has.
 * @param {Targets} targets @param {Form} form @returns {string[]}
 */
export function ownNames({ table }, form) {
  const seen = new Set([separationName(form), "n", "_row", ...form.columns.map((c) => c.name.toLowerCase())]);
  return table.columns.map(({ name: plain }) => {
    let name = plain.replaceAll("\0", "");
    for (let k = 1; seen.has(name.toLowerCase()); k++)
      name = k === 1 ? `target_${plain}` : `target_${plain}_${k}`;
    seen.add(name.toLowerCase());
    return name;
  });
}

/**
 * @param {{ra: string, dec: string}} position @param {number[]} levels orders of pixels that occur
 * @param {string[]} read @param {string[]} names @param {string} filter @param {string} sought table
 */
function placeJoin(position, levels, read, names, filter, sought) {
  const [ra, dec] = [`radians(c.${quoteName(position.ra)})`, `radians(c.${quoteName(position.dec)})`];
  const away = separationFormula(ra, dec, "radians(s.ra)", "radians(s.dec)");
  const kept = numbered(names.map((name) => `c.${quoteName(name)}`))
    .map((column) => `, ${column}`)
    .join("");
  const columns = read.map(quoteName).join(", ");
  return (/** @type {string} */ relation) =>
    levels
      .map((level) => {
        const inner = `SELECT ${columns}, _healpix_29 >> ${2 * (29 - level)} AS ${ROW} FROM ${relation} WHERE ${filter}`;
        return (
          `SELECT s.n, ${away} AS d${kept} FROM (${inner}) c JOIN ${sought} s ` +
          `ON c.${ROW} = s.pixel AND s.level = ${level} AND ${away} <= s.radius`
        );
      })
      .join(" UNION ALL ");
}

/** @param {string} column @param {string[]} read @param {string[]} names @param {string} filter @param {string} sought table */
function idJoin(column, read, names, filter, sought) {
  const kept = numbered(names.map((name) => `c.${quoteName(name)}`))
    .map((column) => `, ${column}`)
    .join("");
  const columns = read.map(quoteName).join(", ");
  return (/** @type {string} */ relation) =>
    `SELECT s.n, 0::DOUBLE AS d${kept} FROM (SELECT ${columns} FROM ${relation} WHERE ${filter}) c ` +
    `JOIN ${sought} s ON c.${quoteName(column)} = s.id`;
}

/** Only the nearest match of each target. @param {string} found @param {string[]} names */
function nearest(found, names) {
  if (!names.length) return `SELECT n, min(d) AS d, NULL FROM (${found}) GROUP BY n`;
  const columns = names.map((_, i) => `c${i}`);
  const row = `{${columns.map((name) => `${name}: ${name}`).join(", ")}}`;
  const best = `SELECT n, min(d) AS d, arg_min(${row}, d) AS best FROM (${found}) GROUP BY n`;
  return `SELECT n, d${columns.map((name) => `, best.${name}`).join("")} FROM (${best})`;
}

/** The catalogue's columns are numbered while they are joined with ours, so that no names clash. @param {string[]} columns SQL */
const numbered = (columns) => columns.map((column, i) => `${column} AS c${i}`);

/**
 * What identifiers imply for the column they are compared with.
 * @param {BigInt64Array | BigUint64Array | string[]} ids
 * @returns {{values: (bigint | string)[]} | {low: bigint, high: bigint} | {}}
 */
function span(ids) {
  if (Array.isArray(ids)) return ids.length <= FEW ? { values: ids.flatMap(nameForms) } : {};
  if (ids.length <= FEW) return { values: [...ids] };
  let [low, high] = [ids[0], ids[0]];
  for (const id of ids) {
    if (id < low) low = id;
    if (id > high) high = id;
  }
  return { low, high };
}

/**
 * Descriptions of the columns that are not the catalogue's.
 * @param {string} name @param {Found} found @param {Targets} targets
 * @returns {Omit<Field, "name" | "type"> | null} null for the catalogue's own
 */
export function describeOwn(name, found, targets) {
  if (name === found.apart)
    return {
      unit: "arcsec",
      ucd: "pos.angDistance",
      description: t("Distance from the target"),
      digits: APART,
    };
  const column = targets.table.columns[found.own.indexOf(name)];
  return column
    ? { unit: column.unit || null, ucd: column.ucd || null, description: t("From the list of targets") }
    : null;
}
