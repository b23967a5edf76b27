/** What Python asks of the release's tables: free SQL, and searches as the form of the search page makes them. */
import { execute } from "../../results/query/execute.js";
import { described } from "../../results/query/read-columns.js";
import { statement as searchSql } from "../../results/recipes/one-statement.js";
import { readPermalink } from "../../search/permalink.js";
import { translate } from "../../search/sql/dialects.js";
import { plainSigns } from "../../search/sql/dialect-words.js";
import { positionsOf } from "../../search/sql/near-calls.js";
import { namedIn, readStatement } from "../../search/sql/statements.js";
import { writeNames } from "../../search/grammar.js";
import { EngineError } from "../../shared/errors.js";
import { t } from "../../shared/strings.js";
import { buffersOf, columnsOf, sendable } from "./arrays.js";

/**
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../../formats.d.ts").ConsoleSchema} Schema
 * @typedef {import("../../results/query/execute.js").Means} Means
 * @typedef {{ schemas: Schema[], typical: Record<string, { typical: string[], dates: string[] }>, means: (signal: AbortSignal) => Means }} Tables
 *   typical: by catalogue, its most important columns, and those with dates as text
 */

/** Bytes of a result for Python: it is in memory three times for a moment, in the engine, here and there. */
const MOST = 512 << 20;

/**
 * @param {Tables} tables @param {string} text one statement @param {AbortSignal} signal
 * @returns {Promise<{ value: import("../protocol.d.ts").SentResult, transfer: ArrayBuffer[] }>}
 */
export async function answerSql({ schemas, means }, text, signal) {
  const known = {
    catalogues: schemas.map(({ name }) => name),
    columns: schemas.flatMap(({ columns }) => columns.map(({ name }) => name)),
    positions: positionsOf(schemas),
  };
  const statement = readStatement(translate(plainSigns(text), known));
  const { columns, batches } = await execute(statement, means(signal), (engine, options, query) =>
    read(engine, { ...statement, query }, options),
  );
  const rows = batches.reduce((sum, { numRows }) => sum + numRows, 0);
  const asked = namedIn(statement.words, schemas);
  const sent = columnsOf(batches, columns).map((column, i) => {
    const about = described({ name: columns[i].name, type: columns[i].own }, asked);
    const { unit = null, ucd = null, description = null } = about ?? {};
    return { ...column, type: columns[i].own, unit, ucd, description };
  });
  return { value: { rows, sql: statement.sql, columns: sent }, transfer: [...new Set(buffersOf(sent))] };
}

/**
 * @param {import("../../engine/engine.js").Engine} engine
 * @param {import("../../results/query/execute.js").Statement} statement
 * @param {import("../../engine/engine.js").QueryOptions} options
 */
async function read(engine, statement, options) {
  let query = statement.query;
  /** @type {{ name: string, type: string }[] | null} */
  let columns = null;
  if (statement.isTable) {
    const { rows } = await engine.rows(`DESCRIBE ${query}`, options);
    columns = rows.map(([name, type]) => ({ name, type }));
    query = sendable(query, columns);
  }
  const found = await engine.query(query, options);
  const batches = [];
  let bytes = 0;
  for await (const batch of found.batches) {
    batches.push(batch);
    bytes += batch.data.byteLength;
    if (bytes > MOST)
      throw new EngineError(t("This result is too large for Python: name fewer columns, or use a LIMIT."), {
        kind: "memory",
      });
  }
  const own = columns?.map(({ type }) => type.replace(/\[\d+\]/g, "[]"));
  return {
    batches,
    columns: found.columns.map(({ name, type }, i) => ({ name, type, own: own?.[i] ?? type })),
  };
}

/**
 * The statement of a search.
 * @param {Tables} tables
 * @param {{ catalogue: string, cone?: number[] | null, columns?: string[] | null, where?: Record<string, string> | null,
 *   sort?: string | null, limit?: number | null }} asked
 * @param {AbortSignal} signal
 */
export async function tableSql(tables, asked, signal) {
  const known = tables.schemas.map(({ name }) => name);
  const name = String(asked.catalogue);
  if (!known.includes(name))
    throw new EngineError(
      t("There is no catalogue “{name}” in this release. It has: {known}.", {
        name,
        known: known.join(", "),
      }),
    );
  const { meta, columns } = await tables.means(signal).catalogue(name);
  const { typical = [], dates = [] } = tables.typical[name] ?? {};
  /** @type {Form} */
  const form = {
    name,
    rows: meta.rows,
    position: meta.position,
    id: meta.id,
    columns: columns.map((column) => ({ ...column, dates: dates.includes(column.name) })),
  };
  const { search, problems } = readPermalink(`?${queryOf(asked)}`, [form]);
  if (problems.length)
    throw new EngineError(
      problems
        .map(({ parameter, message }) => t("{parameter}: {message}", { parameter, message }))
        .join("\n"),
    );
  // the view whose missing values are NULL
  return searchSql({ search, form, typical, catalogues: [{ name, stored: name }] });
}

/** @param {Parameters<typeof tableSql>[1]} asked */
function queryOf({ catalogue, cone, columns, where, sort, limit }) {
  const parameters = new URLSearchParams({ catalogue: String(catalogue) });
  if (cone) parameters.set("cone", cone.map(String).join(","));
  for (const [column, text] of Object.entries(where ?? {}))
    parameters.append(`column.${column}`, String(text));
  if (columns)
    parameters.set("columns", columns.length === 1 && columns[0] === "*" ? "*" : writeNames(columns));
  if (sort) parameters.set("sort", String(sort));
  if (limit !== null && limit !== undefined) parameters.set("limit", String(limit));
  return parameters;
}
