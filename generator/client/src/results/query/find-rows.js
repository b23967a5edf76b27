/** From a search to its rows: planned, read, and kept in the engine. */
import { presentValue } from "../../catalogue/missing.js";
import { WHOLE, runsOf, tileBytes } from "../../reading/tiles.js";
import { bounds } from "../../search/bounds.js";
import { APART } from "../../search/columns.js";
import { ordering, plan } from "../../search/conditions.js";
import { testedColumns } from "../../search/filters.js";
import { quoteName } from "../../search/literals.js";
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";
import { sizeText } from "../format.js";
import { CAP, Hits } from "./hits.js";

/**
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/form/form.js").SearchForm} SearchForm
 * @typedef {object} Host
 * @property {(name: string) => Promise<import("../../catalogue/catalogue.js").Catalogue>} catalogue
 * @property {import("../view.js").ResultsView} view where progress is shown
 * @property {import("./confirm.js").Asker} asker asks before a large read
 * @property {import("../unmatched.js").TargetReport} report shows which targets of a list were found
 * @property {(match: import("../../search/targets/match-link.js").MatchSearch, options: { signal: AbortSignal, onProgress: (read: number, all: number) => void }) => Promise<Matched>} other
 *   opens the catalogue to match with; throws Refused
 *
 * @typedef {{ other: import("./find-matches.js").Other, prefix: string }} Matched prefix: of the names of its columns
 */

const lists = lazily(() => import("./find-targets.js"));
const others = lazily(() => import("./find-matches.js"));

/**
 * @param {Host} host @param {SearchForm} form @param {Search} search @param {AbortController} running
 * @returns {Promise<{hits: Hits, sort: Search["sort"], seconds: number, matched?: Matched & { sql: string }}>} throws Refused
 *   for targets that cannot be read
 */
export async function findRows({ catalogue: open, view, asker, report, other }, form, search, running) {
  const { signal } = running;
  const catalogue = await open(search.catalogue);
  const { engine } = catalogue;
  signal.throwIfAborted();
  const began = performance.now();
  if (search.targets) return findByList({ view, report }, catalogue, form, search, signal);
  if (search.match) return findByMatch({ view, other }, catalogue, form, search, signal);
  const wanted = plan(search, form.form, form.typical);
  const onProgress = (/** @type {number} */ loaded, /** @type {number} */ total) =>
    view.progress(loaded, total, "data");
  const options = { signal, onProgress };
  const most = Math.min(search.limit ?? CAP, CAP);
  const where = bounds(search, form.form);
  const confirm = (/** @type {number} */ bytes) => asker.ask(bytes, running);
  const count = async (/** @type {string} */ from) => {
    if (wanted.where === "TRUE") return catalogue.meta.rows;
    const { rows } = await engine.rows(`SELECT count(*) FROM ${from} WHERE ${wanted.where}`, options);
    return Number(rows[0][0]);
  };
  const first = await findFirst(catalogue, form, search, wanted, { where, most, confirm, count, ...options });
  const test = search.region ? undefined : wanted.where;
  const { relation } =
    first ??
    (await catalogue.prepare({
      region: search.region,
      where,
      columns: wanted.read,
      test,
      confirm,
      ...options,
    }));
  const total = first?.total ?? (await count(relation));
  const found = `SELECT ${wanted.select} FROM ${relation} WHERE ${wanted.where}`;
  const order = total > most ? ordering(wanted.sortRead, form.form.columns) : "";
  const few = most < CAP ? `${found} LIMIT ${most}` : found;
  const query = order ? `SELECT * FROM (${found}) ORDER BY ${order} LIMIT ${most}` : few;
  const { kept, fields } = await Hits.keep(engine, query, options);
  const seconds = (performance.now() - began) / 1000;
  const described = describe(wanted, catalogue.columns, fields);
  return { hits: new Hits(engine, described, total, kept), sort: wanted.sort, seconds };
}

/**
 * What is known of the columns shown.
 * @param {ReturnType<typeof plan>} wanted @param {import("../../catalogue/catalogue.js").Catalogue["columns"]} columns
 * @param {{ name: string, type: string }[]} fields of the rows kept
 */
function describe(wanted, columns, fields) {
  return wanted.shown.map((name) => {
    const column = columns.find((c) => c.name === name);
    const type = fields.find((field) => field.name === name)?.type ?? "";
    if (name === wanted.apart) {
      return {
        name,
        type,
        unit: "arcsec",
        ucd: "pos.angDistance",
        description: t("Distance from the centre of the cone"),
        digits: APART,
      };
    }
    return {
      name,
      type,
      unit: column?.unit,
      ucd: column?.ucd,
      description: column?.description,
      missing: column?.missing,
    };
  });
}

/**
 * Where a search of the whole sky wants the first rows in the order of a column: what it tests is read and counted first, then only the
 * tiles that may have these rows.
 * @param {import("../../catalogue/catalogue.js").Catalogue} catalogue @param {SearchForm} form @param {Search} search
 * @param {ReturnType<typeof plan>} wanted
 * @param {{ where: import("../../reading/footers.js").Constraint[], most: number, confirm: (bytes: number) => Promise<void>,
 *   count: (relation: string) => Promise<number>, signal: AbortSignal, onProgress: (loaded: number, total: number) => void }} means
 * @returns {Promise<{ relation: string, total: number } | null>} null where that saves nothing
 */
async function findFirst(catalogue, form, search, wanted, { where, most, confirm, count, ...options }) {
  const [by] = wanted.sortRead;
  const column = form.form.columns.find(({ name }) => name === by?.column);
  const tiles = runsOf(catalogue.meta, null);
  if (!column || search.region || most >= CAP || tileBytes(catalogue.meta, tiles) <= WHOLE) return null;
  const value = presentValue({ ...column, marked: null }) ?? quoteName(column.name);
  const tested = testedColumns(search, form.form);
  const { relation } = await catalogue.prepare({ where, columns: tested, confirm, ...options });
  const total = await count(relation);
  if (total <= most) return null;
  const key = { column: column.name, value, descending: by.descending };
  const conditions = wanted.where === "TRUE" ? [] : [wanted.where];
  const order = [ordering(wanted.sortRead, form.form.columns)];
  const asked = { key, order, rows: most, conditions, columns: wanted.read, where, stored: true };
  const runs = await catalogue.runsOfFirst(asked, options);
  if (!runs) return null;
  const prepared = await catalogue.prepareRuns(runs, {
    ...{ where, columns: wanted.read, named: true, numbered: true, confirm },
    ...options,
  });
  return { relation: prepared.relation, total };
}

/**
 * @param {Pick<Host, "view" | "report">} host @param {import("../../catalogue/catalogue.js").Catalogue} catalogue @param {SearchForm} form @param {Search} search
 * @param {AbortSignal} signal
 */
async function findByList({ view, report }, catalogue, form, search, signal) {
  const began = performance.now();
  const { engine } = catalogue;
  const { describeOwn, findTargets } = await lists();
  const { targets } = /** @type {import("../../search/targets/roles.js").TargetSearch} */ (search.targets);
  const { shown: chosen, kept: read } = plan({ ...search, region: null }, form.form, form.typical);
  const onShare = (/** @type {number} */ share) => view.progress(share, 1, "match");
  const wanted = { catalogue, form: form.form, search, chosen: read, cap: CAP, signal, onShare };
  return findTargets(wanted, async (found) => {
    const { kept, fields } = await Hits.keep(engine, found.query, { signal });
    const names = [...found.own, ...(found.apart ? [found.apart] : []), ...chosen];
    const described = names.map((name) => ({
      ...catalogue.columns.find((column) => column.name === name),
      ...describeOwn(name, found, targets),
      name,
      type: fields.find((field) => field.name === name)?.type ?? "",
    }));
    const seconds = (performance.now() - began) / 1000;
    report.show(targets, found.matched);
    const sort = search.sort.filter(({ column }) => fields.some((field) => field.name === column));
    return { hits: new Hits(engine, described, found.total, kept), sort, seconds };
  });
}

/**
 * @param {Pick<Host, "view" | "other">} host @param {import("../../catalogue/catalogue.js").Catalogue} catalogue @param {SearchForm} form @param {Search} search
 * @param {AbortSignal} signal
 */
async function findByMatch({ view, other: open }, catalogue, form, search, signal) {
  const began = performance.now();
  const { engine } = catalogue;
  const match = /** @type {import("../../search/targets/match-link.js").MatchSearch} */ (search.match);
  const { findMatches } = await others();
  const { shown: chosen, kept: read } = plan({ ...search, region: null }, form.form, form.typical);
  const { counts } = engine.store;
  const before = counts.bytes;
  /** @type {import("./find-matches.js").Wanted["onShare"]} */
  const onShare = (share, tiles, of, pairs) => {
    const read = sizeText(counts.bytes - before);
    const how = t("tile {n} of {all}; pairs: about {pairs}; read: {read}", {
      n: tiles,
      all: of,
      pairs,
      read,
    });
    view.progress(share, 1, "matching", how);
  };
  const onProgress = (/** @type {number} */ read, /** @type {number} */ all) =>
    view.progress(read, all, "data");
  const { other, prefix } = await open(match, { signal, onProgress });
  signal.throwIfAborted();
  const wanted = {
    catalogue,
    other,
    prefix,
    form: form.form,
    search,
    chosen,
    kept: read,
    cap: CAP,
    signal,
    onShare,
  };
  return findMatches(wanted, async (found) => {
    const { kept, fields } = await Hits.keep(engine, found.query, { signal });
    const described = [
      ...chosen.map((name) => ({
        ...catalogue.columns.find((column) => column.name === name),
        name,
        type: "",
      })),
      ...found.fields,
    ].map((field) => ({ ...field, type: fields.find(({ name }) => name === field.name)?.type ?? "" }));
    const seconds = (performance.now() - began) / 1000;
    const sort = search.sort.filter(({ column }) => fields.some((field) => field.name === column));
    return {
      hits: new Hits(engine, described, found.total, kept),
      sort,
      seconds,
      matched: { other, prefix, sql: found.sql },
    };
  });
}
