/** One statement of free SQL from its text to its rows: what it reads is determined, and confirmed if large, before it runs. */
import { merge } from "../../catalogue/healpix.js";
import { readPlan } from "../../reading/duckdb-plan.js";
import { readings } from "../../reading/scans.js";
import { CAP, Hits } from "./hits.js";
import { knownAnswer, mayBeKnown } from "./known.js";
import { isPlainSelect } from "../../search/sql/plain-select.js";
import { nearCalls } from "../../search/sql/near-calls.js";
import { namedIn, readStatement, refuse } from "../../search/sql/statements.js";

/**
 * @typedef {import("../../engine/engine.js").Engine} Engine
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {ReturnType<typeof readStatement>} Statement
 * @typedef {object} Means to run statements
 * @property {() => Promise<Engine>} engine
 * @property {(name: string) => Promise<Catalogue>} catalogue
 * @property {(name: string) => Promise<import("../../formats.d.ts").Catalogue>} describe
 * @property {{name: string, stored?: string}[]} catalogues all of the release
 * @property {(bytes: number) => Promise<void>} ask throws where the reader refuses to read so much
 * @property {number} enough bytes that are read without asking
 * @property {AbortSignal} signal
 * @property {(loaded: number, total: number) => void} onProgress
 * @typedef {{ fields: { name: string, type: string }[], total: number, kept: number, seconds: number, bytes: number, plan: string, known: boolean }} Found
 *   plan: the result of EXPLAIN; known: whether the catalogue's description had the answer
 */

/**
 * @template [T=Omit<Found, "seconds" | "bytes" | "known">]
 * @param {Statement} statement
 * @param {Means} means
 * @param {(engine: Engine, options: import("../../engine/engine.js").QueryOptions, query: string) => Promise<T>} [take]
 *   reads the result of a query; by default its rows are kept in the engine
 * @returns {Promise<T & { seconds: number, bytes: number, known: boolean }>}
 */
export async function execute(statement, means, take) {
  const { signal, onProgress } = means;
  const options = { signal, onProgress, rows: take ? (statement.limit ?? undefined) : mostRows(statement) };
  const named = namedIn(statement.words, means.catalogues);
  const answer = await knownOf(statement, named, means);
  if (answer) {
    const began = performance.now();
    const engine = await means.engine();
    const found = await (take
      ? take(engine, options, answer)
      : /** @type {Promise<T>} */ (table(engine, { ...statement, query: answer }, options)));
    return { ...found, seconds: (performance.now() - began) / 1000, bytes: 0, known: true };
  }
  // SHOW TABLES and the like name no catalogue and use all
  const wanted =
    named.length || /^[\s(]*(SELECT|WITH|VALUES)\b/i.test(statement.sql) ? named : means.catalogues;
  const [engine, catalogues] = await until(
    Promise.all([means.engine(), Promise.all(wanted.map(({ name }) => means.catalogue(name)))]),
    signal,
  );
  const { counts } = engine.store;
  const before = counts.bytes;
  if (statement.sql.includes(";")) await engine.parse(statement.query, signal);
  const read = statement.runs ? await planned(engine, statement, catalogues, signal) : null;
  let bytes = 0;
  for (const { catalogue, scans, extremes, ...known } of read ?? [])
    if (!extremes.length) bytes += await catalogue.estimate(scans, means.enough, signal, known);
  if (bytes > means.enough) await means.ask(bytes);
  const began = performance.now();
  const keep = statement.isTable ? table : explain;
  let run = () =>
    take
      ? take(engine, options, statement.query)
      : /** @type {Promise<T>} */ (keep(engine, statement, options));
  for (const { catalogue, scans, extremes, ...known } of read ?? []) {
    const inner = run;
    run = () => catalogue.within(scans, inner, signal, extremes, known);
  }
  const found = await run();
  const seconds = (performance.now() - began) / 1000;
  return { ...found, seconds, bytes: counts.bytes - before, known: false };
}

/**
 * The statement that gives the answer, where the description of a catalogue has it. Nothing of the catalogue is opened before.
 * @param {Statement} statement @param {Means["catalogues"]} named @param {Means} means
 */
async function knownOf({ isTable, words, query }, named, means) {
  if (!isTable || named.length !== 1 || !mayBeKnown(words)) return null;
  const { signal } = means;
  const [{ name, stored = "" }] = named;
  const [engine, meta] = await until(Promise.all([means.engine(), means.describe(name)]), signal);
  const view = words.has(name.toLowerCase()) ? name : stored;
  return knownAnswer(engine, query, meta, view, signal);
}

/**
 * What the statement reads of each catalogue, as DuckDB plans it; throws Refused where it would do more than read.
 * @param {Engine} engine @param {Statement} statement @param {Catalogue[]} catalogues @param {AbortSignal} signal
 */
async function planned(engine, statement, catalogues, signal) {
  const inner = statement.isTable
    ? statement.query
    : statement.query.slice(statement.query.indexOf("SELECT * FROM (\n"));
  const { scans, functions, extremes, first } = readPlan(
    await engine.explain(`${inner} LIMIT ${CAP}`, { signal }),
  );
  refuse(functions);
  const about = catalogues.map(({ meta }) => meta);
  const rows = mostRows(statement);
  const all = catalogues.map((catalogue) => ({
    catalogue,
    scans: readings(scans, catalogue.meta, about, rows),
    extremes: /** @type {typeof extremes} */ ([]),
    among: /** @type {import("../../reading/tiles.js").Run[] | null} */ (null),
    beside: /** @type {import("../../reading/tiles.js").PixelRange[] | null} */ (null),
  }));
  if (all.length !== 1) {
    const { sql } = statement;
    return all.map((one) => ({ ...one, beside: besideOthers(one.catalogue, all, sql, scans.length) }));
  }
  const [one] = all;
  const { name, stored, columns } = one.catalogue;
  const names = columns.map((column) => column.name);
  const top = isPlainSelect(statement.sql, [name, stored], names) ? first : null;
  const among = await one.catalogue.runsOfTop(one.scans, top, statement.sql, signal);
  return [{ ...one, extremes, among }];
}

/**
 * Where rows of a catalogue can matter that is only matched with others by `near`: next to what is read of these.
 * @param {Catalogue} catalogue @param {{ catalogue: Catalogue, scans: import("../../reading/scans.js").Reading[] }[]} read
 * @param {string} sql @param {number} scans of the whole statement, which must be those of the calls
 */
function besideOthers(catalogue, read, sql, scans) {
  const is = (/** @type {Catalogue} */ { name, stored }, /** @type {string} */ word) =>
    [name, stored].some((one) => one.toLowerCase() === word);
  const calls = nearCalls(
    sql,
    read.flatMap(({ catalogue: { name, stored } }) => [name, stored]),
  );
  if (!calls.length || scans !== 2 * calls.length || calls.some(({ a }) => is(catalogue, a))) return null;
  /** @type {import("../../reading/tiles.js").PixelRange[]} */
  const all = [];
  for (const { a, b, radius } of calls) {
    const first = read.find((one) => is(one.catalogue, a));
    if (!first || radius === null || !read.some((one) => is(one.catalogue, b))) return null;
    if (!is(catalogue, b)) continue;
    const beside = first.catalogue.besideRows(first.scans, radius);
    if (!beside) return null;
    all.push(...beside);
  }
  return merge(all);
}

/** @param {Statement} statement */
const mostRows = ({ limit }) => Math.min(limit ?? CAP, CAP);

/** @param {Engine} engine @param {Statement} statement @param {import("../../engine/engine.js").QueryOptions} options */
async function table(engine, statement, options) {
  const { kept, fields } = await Hits.keep(engine, statement.query, options);
  const counted = `SELECT count(*) FROM (\n${statement.query}\n)`;
  const total = kept === CAP ? Number((await engine.rows(counted, options)).rows[0][0]) : kept;
  return { fields, kept, total, plan: "" };
}

/** A plan is one text; its lines are kept as rows. @param {Engine} engine @param {Statement} statement @param {import("../../engine/engine.js").QueryOptions} options */
async function explain(engine, statement, options) {
  const { rows } = await engine.rows(statement.query, options);
  const plan = rows.map((row) => String(row.at(-1) ?? "")).join("\n");
  const lines = plan
    .trimEnd()
    .split("\n")
    .map((line) => `('${line.replaceAll("'", "''")}')`);
  const { kept, fields } = await Hits.keep(engine, `FROM (VALUES ${lines.join(", ")}) AS _(plan)`, options);
  return { fields, kept, total: kept, plan };
}

/**
 * @template T
 * @param {Promise<T>} promise @param {AbortSignal} signal
 * @returns {Promise<T>} rejects when the signal is aborted, even if the promise is still pending
 */
export function until(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
