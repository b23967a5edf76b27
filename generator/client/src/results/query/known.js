/**
 * Statements whose answer is in a catalogue's description: its number of rows, and of its columns the numbers of values, the least
 * and the greatest. What a statement asks is read from DuckDB's own parse of it.
 */
import { literal, quoteName } from "../../engine/quoting.js";
import { EngineError, throwIfAborted } from "../../shared/errors.js";
import { SCHEMA } from "./hits.js";

/**
 * @typedef {import("../../engine/engine.js").Engine} Engine
 * @typedef {import("../../formats.d.ts").Catalogue} Description
 * @typedef {import("../../formats.d.ts").CatalogueColumn} Column
 */

/** Words of statements that ask for something else, or may: these are not parsed beforehand. */
const OTHERS =
  /^(where|group|having|join|distinct|filter|over|limit|order|union|intersect|except|with|sample|tablesample|avg|sum|explain|describe)$/;
/** Names that DuckDB writes, and a reader finds, without quotes or with: others would make the text ambiguous. */
const PLAIN = /^[a-z_][a-z0-9_]*$/i;
/** A view for each parse: several statements may be parsed at a time. */
let views = 0;

const NAME = '(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")';
const ITEM = `(?:count_star\\(\\)|(?:count|min|max)\\(${NAME}\\))(?: AS ${NAME})?`;
const ASKED = new RegExp(`^SELECT (${ITEM}(?:, ${ITEM})*) FROM (${NAME})\\);$`, "i");
const EACH = new RegExp(`(count_star|count|min|max)\\((${NAME})?\\)(?: AS (${NAME}))?(?:, |$)`, "giy");

/**
 * Whether a statement may be one of these; decides nothing but whether it is worth asking.
 * @param {Set<string>} words of the statement, in lower case
 */
export const mayBeKnown = (words) =>
  ["count", "min", "max"].some((word) => words.has(word)) && ![...words].some((word) => OTHERS.test(word));

/**
 * @param {string} name as DuckDB writes it
 */
const bare = (name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);

/**
 * SQL of one value of the answer; null where it is not known exactly.
 * @param {string} what count, min or max @param {Column} column @param {boolean} stored whether missing values count
 */
function valueOf(what, { known, marked }, stored) {
  if (!known || (stored && marked.length)) return null;
  const [type, values, least, greatest] = known;
  if (what === "count") return `CAST(${values} AS BIGINT)`;
  const value = what === "min" ? least : greatest;
  if (!type || (value === null && values)) return null;
  return `CAST(${value === null ? "NULL" : literal(String(value))} AS ${type})`;
}

/**
 * The answer as a statement that reads nothing.
 * @param {string} parsed DuckDB's own text of what is asked, with the parenthesis and the semicolon behind it
 * @param {Description} meta
 * @param {string} view the name under which the statement knows the catalogue
 * @returns {string | null} null where the description does not have it
 */
export function answered(parsed, meta, view) {
  const [, items, from] = ASKED.exec(parsed) ?? [];
  if (!items || bare(from).toLowerCase() !== view.toLowerCase()) return null;
  const stored = view !== meta.name;
  const values = [];
  const names = new Set();
  for (const [, called, argument, alias] of items.matchAll(EACH)) {
    const what = called.toLowerCase();
    const column = argument && meta.columns.find(({ name }) => name === bare(argument));
    const value =
      what === "count_star" ? `CAST(${meta.rows} AS BIGINT)` : column ? valueOf(what, column, stored) : null;
    // Without an alias DuckDB names the column after its own text of the call.
    const name = alias ? bare(alias) : `${called}(${argument ?? ""})`;
    if (value === null || names.has(name.toLowerCase())) return null;
    names.add(name.toLowerCase());
    values.push(`${value} AS ${quoteName(name)}`);
  }
  return `SELECT ${values.join(", ")}`;
}

/**
 * Columns for a statement to be parsed with; one that names others is run.
 * @param {Description} meta
 */
const standIn = (meta) =>
  ["_", ...meta.columns.map(({ name }) => name).filter((name) => PLAIN.test(name))]
    .map((name) => `NULL AS ${quoteName(name)}`)
    .join(", ");

/**
 * What runs in place of a statement that a catalogue's description answers.
 * @param {Engine} engine
 * @param {string} query the statement within SELECT * FROM (…)
 * @param {Description} meta
 * @param {string} view the name under which the statement knows the catalogue
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} null where the statement has to be run
 */
export async function knownAnswer(engine, query, meta, view, signal) {
  if (!PLAIN.test(view) || query.includes(";")) return null;
  const name = `parsed ${views++}`;
  const parsed = `${SCHEMA}.${quoteName(name)}`;
  try {
    await engine.rows(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`, { signal });
    await engine.rows(
      `CREATE VIEW ${parsed} AS WITH ${quoteName(view)} AS (SELECT ${standIn(meta)}) ${query}`,
      { signal },
    );
    const { rows } = await engine.rows(`SELECT sql FROM duckdb_views() WHERE view_name = '${name}'`, {
      signal,
    });
    await engine.rows(`DROP VIEW ${parsed}`);
    // The names in the stand-in have no parenthesis: this is where it ends.
    const [, text = ""] = /\)SELECT \* FROM \(([^]*)$/.exec(String(rows[0]?.[0])) ?? [];
    return answered(text, meta, view);
  } catch (error) {
    throwIfAborted(signal);
    if (!(error instanceof EngineError)) throw error;
    return null; // the statement itself says what is wrong with it
  }
}
