/**
 * The rows that a search or a statement found, kept in the engine: paging, sorting and saving read them there, not
 * from the network.
 *
 * @typedef {import("../../engine/engine.js").Engine} Engine
 * @typedef {import("../export/votable.js").Field} Field
 */
import { carried } from "../../engine/carried.js";
import { quoteName } from "../../search/literals.js";
import { RowOrder, gather } from "./order.js";

/** Most rows that are kept. */
export const CAP = 1_000_000;

/** Not a temporary table: those belong to one connection, and the engine has several. In a schema that SHOW TABLES does not list. */
export const SCHEMA = '"_drportal"';
export const TABLE = `${SCHEMA}."found"`;
/**
 * Its column of row numbers, from 0. DuckDB's own `rowid` is hidden by a column of that name, which a catalogue may have;
 * no catalogue has this one. If a statement returns it, DuckDB renames that column, which comes later.
 */
export const ROW = '"_row"';
const COLUMNS = `* EXCLUDE (${ROW})`;

/** Ranks of the rows by those columns whose texts cannot be read back as values. */
const RANKS = `${SCHEMA}."ranks"`;
const UNREADABLE = /\b(?:UNION|VARIANT|TYPE)\b/;
/** DuckDB's message about a type that no table can have. */
const UNKEPT = /table cannot be created with/;

/**
 * Convert to text the columns that the engine does not return unchanged: see `carried`.
 * @param {Engine} engine @returns {Promise<Map<string, string>>} by column, SQL of the values for which the texts stand
 */
async function spellOut(engine) {
  const own = new Map();
  const { rows } = await engine.rows(`DESCRIBE ${TABLE}`);
  const spelt = rows.filter(([, type]) => carried(type) !== type);
  const ranked = spelt.filter(([, type]) => UNREADABLE.test(type)).map(([name]) => quoteName(name));
  if (ranked.length) {
    const ranks = ranked.map(
      (c) => `CASE WHEN ${c} IS NOT NULL THEN dense_rank() OVER (ORDER BY ${c}) END AS ${c}`,
    );
    await engine.rows(`CREATE OR REPLACE TABLE ${RANKS} AS SELECT ${ROW}, ${ranks.join(", ")} FROM ${TABLE}`);
  }
  for (const [name, type] of spelt) {
    const column = quoteName(name);
    await engine.rows(`ALTER TABLE ${TABLE} ALTER ${column} SET DATA TYPE ${carried(type)}`);
    const rank = `(SELECT r.${column} FROM ${RANKS} AS r WHERE r.${ROW} = "found".${ROW})`;
    own.set(name, ranked.includes(column) ? rank : readBack(name, type));
  }
  return own;
}

/** SQL of the value for which a text stands. @param {string} name @param {string} type */
const readBack = (name, type) =>
  UNREADABLE.test(type) ? quoteName(name) : `TRY_CAST(${quoteName(name)} AS ${type})`;

/**
 * A query whose columns can be kept in a table.
 * @param {Engine} engine @param {string} query
 */
async function keepable(engine, query) {
  const { rows } = await engine.rows(`DESCRIBE SELECT * FROM (${query}\n)`);
  const texts = rows.flatMap(([name, type]) =>
    /\bTYPE\b/.test(type) ? [`CAST(${quoteName(name)} AS ${carried(type)}) AS ${quoteName(name)}`] : [],
  );
  return `SELECT * REPLACE (${texts.join(", ")}) FROM (${query}\n)`;
}

export class Hits {
  /** SQL */
  #where = "";

  /**
   * @param {Engine} engine
   * @param {Field[]} fields shown, in order
   * @param {number} total number of matching rows
   * @param {number} kept number kept, at most CAP
   */
  constructor(engine, fields, total, kept) {
    this.engine = engine;
    this.fields = fields;
    this.total = total;
    this.kept = kept;
    /** SQL of the values that are kept as text, by column: they are sorted by value. @type {Map<string, string>} */
    this.own = new Map(fields.flatMap(({ name, own }) => (own ? [[name, own]] : [])));
    /** of the rows kept, how many pass the filter */
    this.matching = kept;
  }

  /**
   * Keep the result of a query, at most CAP rows.
   * @param {Engine} engine @param {string} query @param {import("../../engine/statement.js").QueryOptions} options
   * @returns {Promise<{kept: number, fields: {name: string, type: string, own?: string}[]}>}
   */
  static async keep(engine, query, options) {
    await engine.rows(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    // DuckDB reads a LIMIT directly above a scan in two passes, which takes twice as long; not one above the numbers of rows.
    const create = (/** @type {string} */ from) =>
      engine.rows(
        `CREATE OR REPLACE TABLE ${TABLE} AS SELECT (row_number() OVER () - 1)::INTEGER AS ${ROW}, * FROM (${from}\n) LIMIT ${CAP}`,
        options,
      );
    try {
      await create(query);
    } catch (error) {
      if (!UNKEPT.test(String(/** @type {Error} */ (error).message))) throw error;
      await create(await keepable(engine, query));
    }
    const own = await spellOut(engine);
    const { rows } = await engine.rows(`SELECT count(*) FROM ${TABLE}`);
    const { names, types } = await engine.rows(`SELECT ${COLUMNS} FROM ${TABLE} LIMIT 0`);
    const fields = names.map((name, i) => ({ name, type: types[i], own: own.get(name) }));
    return { kept: Number(rows[0][0]), fields };
  }

  /** The same rows with other kept columns, or in another order of columns. @param {Field[]} fields */
  withFields(fields) {
    const hits = new Hits(this.engine, fields, this.total, this.kept);
    hits.#where = this.#where;
    hits.own = this.own;
    hits.matching = this.matching;
    return hits;
  }

  /** SQL of the filter, "" for all rows. */
  get where() {
    return this.#where;
  }

  /** Show only some of the kept rows. @param {string} where SQL, "" for all */
  async filter(where) {
    const sql = `SELECT count(*) FROM ${TABLE} WHERE ${where}`;
    this.matching = where ? Number((await this.engine.rows(sql)).rows[0][0]) : this.kept;
    this.#where = where;
  }

  /**
   * The order of the rows that pass the filter.
   * @param {string} order SQL, "" for the order in which they were found
   */
  async inOrder(order) {
    const { matching } = this;
    if (!order && !this.#where) return new RowOrder(null, matching);
    const where = this.#where ? ` WHERE ${this.#where}` : "";
    const sql = `SELECT ${ROW}::UINTEGER FROM ${TABLE}${where} ORDER BY ${order ? `${order}, ` : ""}${ROW}`;
    const { batches } = await this.engine.query(sql, { stream: true });
    const rows = await gather(batches, matching);
    return new RowOrder(rows, rows.length);
  }

  /**
   * Rows from first to end, with the values of the columns shown or named.
   * @param {RowOrder} order @param {number} first @param {number} end not included @param {string[]} [columns]
   * @returns {Promise<unknown[][]>}
   */
  async rows(order, first, end, columns = this.fields.map((field) => field.name)) {
    const ids = order.slice(first, end);
    if (!ids.length) return [];
    const names = columns.map(quoteName).join(", ");
    const which = order.rows
      ? `${ROW} IN (SELECT unnest([${ids.join(",")}]::BIGINT[]))`
      : `${ROW} BETWEEN ${ids[0]} AND ${ids[ids.length - 1]}`;
    const sql = `SELECT ${ROW}, ${names} FROM ${TABLE} WHERE ${which}`;
    const { rows } = await this.engine.rows(sql);
    const found = new Map(rows.map(([row, ...values]) => [row, values]));
    return ids.map((row) => found.get(row) ?? []);
  }

  /**
   * All kept values of one row, including columns that are not shown.
   * @param {number} row its number
   * @returns {Promise<Map<string, {value: unknown, type: string}>>} by column
   */
  async row(row) {
    const { names, types, rows } = await this.engine.rows(
      `SELECT ${COLUMNS} FROM ${TABLE} WHERE ${ROW} = ${row}`,
    );
    return new Map(names.map((name, i) => [name, { value: rows[0]?.[i] ?? null, type: types[i] }]));
  }

  /** @returns {Promise<string[]>} names of all columns kept, shown or not */
  async names() {
    return (await this.engine.rows(`SELECT ${COLUMNS} FROM ${TABLE} LIMIT 0`)).names;
  }

  /**
   * Add a column computed from the others. The engine allows only expressions over one row in this place: no
   * subqueries, no aggregates, nothing that reads from elsewhere.
   * @param {string} name @param {string} expression SQL
   * @returns {Promise<string>} its type
   */
  async compute(name, expression) {
    const { engine } = this;
    const described = await engine.rows(`DESCRIBE SELECT (${expression}) AS x FROM ${TABLE}`);
    const own = String(described.rows[0][1]);
    const type = carried(own);
    const column = quoteName(name);
    await engine.rows(`ALTER TABLE ${TABLE} ADD COLUMN ${column} BOOLEAN`);
    try {
      await engine.rows(
        `ALTER TABLE ${TABLE} ALTER ${column} SET DATA TYPE ${type} USING CAST((${expression}) AS ${type})`,
      );
    } catch (error) {
      await this.drop(name);
      throw error;
    }
    if (type !== own) this.own.set(name, readBack(name, own));
    return (await engine.rows(`SELECT ${column} FROM ${TABLE} LIMIT 0`)).types[0];
  }

  /** Remove a computed column. @param {string} name */
  drop(name) {
    this.own.delete(name);
    return this.engine.rows(`ALTER TABLE ${TABLE} DROP COLUMN IF EXISTS ${quoteName(name)}`);
  }
}
