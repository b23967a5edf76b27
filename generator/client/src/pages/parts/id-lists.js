/**
 * Lists of ids for the engine: of rows with a spectrum in this copy of the release, with a known issue, of objects observed more than once.
 * Each is read when a search or a statement first needs it.
 */
import { knownIssues } from "../../catalogue/known-issues.js";
import { openFiles } from "../../catalogue/files.js";
import { address } from "../../engine/addresses.js";
import { quoteName, literal } from "../../engine/quoting.js";
import { shared } from "../../shared/once.js";
import { t } from "../../shared/strings.js";
import { openSet } from "../../spectrum/data/set.js";
import { rowSpectra } from "../../spectrum/spectra-links.js";

/**
 * @typedef {import("../../search/columns.js").Column} Column
 * @typedef {import("../../shared/page.js").Page} Page
 * @typedef {import("../../engine/engine.js").Engine} Engine
 * @typedef {{ engine: Engine, page: Page, catalogue: string, confirm: (bytes: number) => Promise<void>, signal: AbortSignal }} Means
 * @typedef {{ sql: string, list: import("../../search/columns.js").IdList, where?: string[], note?: string }} Made sql: gives the
 *   ids; note: what readers must know about the list
 */

/** @type {Map<string, Promise<string>>} notes, by the list's name in SQL */
const ready = new Map();

/**
 * Make lists known to the engine.
 * @param {Column[]} filters that are used, of one catalogue @param {Means} means
 * @returns {Promise<string>} what readers must know about them
 */
export async function readLists(filters, means) {
  const notes = [];
  for (const { filter } of filters) {
    if (!filter) continue;
    notes.push(await shared(ready, filter.table, () => readList(filter, means)));
  }
  return notes.filter(Boolean).join(" ");
}

/** @param {import("../../search/columns.js").Filter} filter @param {Means} means */
async function readList(filter, means) {
  const make = { spectrum: spectraHere, repeated, issue: withIssue }[filter.kind];
  const { sql, list, where, note = "" } = await make(filter, means);
  filter.list = list;
  filter.where = where;
  const name = quoteName(filter.table);
  await means.engine.define(`list ${filter.table}`, `CREATE OR REPLACE TABLE ${name} AS ${sql}`, means);
  return note;
}

/**
 * Bring whole files into the engine's memory.
 * @param {import("../../engine/store.js").DataFile[]} files @param {Means} means
 * @returns {Promise<string>} SQL that reads them
 */
async function bring(files, { engine, confirm, signal }) {
  await engine.addFiles(files);
  const ranges = files.map(({ path, size }) => ({ path, offset: 0, length: size }));
  await confirm(engine.store.cost(ranges));
  await engine.store.ensure(ranges, { signal });
  return `read_parquet([${files.map(({ path }) => literal(address(path))).join(", ")}])`;
}

/** @param {import("../../search/columns.js").Filter} filter @param {Means} means @returns {Promise<Made>} */
async function repeated({ table }, means) {
  const { meta, place, indexSource } = await openFiles(means.catalogue, means.page);
  const file = meta.repeated;
  const files = file ? [{ path: place(file.path), size: file.size, source: indexSource }] : [];
  const from = files.length ? `SELECT id FROM ${await bring(files, means)}` : EMPTY;
  return { sql: from, list: { table, column: "id", type: "", files: files.map(({ path }) => path) } };
}

const EMPTY = "SELECT NULL::BIGINT AS id WHERE FALSE";

/** @param {import("../../search/columns.js").Filter} filter @param {Means} means @returns {Promise<Made>} */
async function spectraHere({ table, id }, means) {
  const { page, catalogue, signal } = means;
  const sets = rowSpectra(page, id === null ? [] : [id], catalogue)?.sets ?? [];
  /** @type {string[]} */
  const parts = [];
  /** @type {string[]} */
  const files = [];
  /** @type {string[]} */
  const notes = [];
  for (const { name, title } of sets) {
    try {
      const set = await openSet(page, name);
      if (!set.about.spectra) continue;
      const from = await bring(set.indexFiles, means);
      const absent = await set.absentPacks(signal);
      parts.push(`SELECT id FROM ${from}${absent.length ? ` WHERE pack NOT IN (${absent.join(", ")})` : ""}`);
      files.push(...set.indexFiles.map(({ path }) => path));
      if (absent.length)
        notes.push(t("This copy contains only a part of the spectra of “{set}”.", { set: title }));
    } catch (error) {
      signal.throwIfAborted();
      const why = /** @type {Error} */ (error).message;
      notes.push(t("No spectra of “{set}” are counted: {why}", { set: title, why }));
    }
  }
  const sql = parts.length ? `SELECT DISTINCT id FROM (${parts.join(" UNION ALL ")})` : EMPTY;
  return { sql, list: { table, column: "id", type: "", files }, note: notes.join(" ") };
}

/** @param {import("../../search/columns.js").Filter} filter @param {Means} means @returns {Promise<Made>} */
async function withIssue({ table, id }, { page, catalogue }) {
  const known = await knownIssues(page, catalogue);
  const { columns } = (await openFiles(catalogue, page)).meta;
  const type = TEXT.test(columns.find(({ name }) => name === id)?.datatype ?? "") ? "VARCHAR" : "BIGINT";
  const ids = [...(known?.byId.keys() ?? [])];
  const values =
    type === "BIGINT"
      ? `string_split(${literal(ids.join(" "))}, ' ')`
      : `[${ids.map((one) => literal(one.replaceAll("\0", ""))).join(", ")}]`;
  return {
    sql: ids.length ? `SELECT CAST(unnest(${values}) AS ${type}) AS id` : EMPTY,
    list: { table, column: id ?? "", type, files: known?.files ?? [] },
    where: known?.all.flatMap((issue) => issue.where ?? []),
  };
}

const TEXT = /^(char|string|unicode|text)$/;
