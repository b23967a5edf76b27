/** From a search to its rows: planned, read, and kept in the engine. */
import { bounds } from "../../search/bounds.js";
import { APART } from "../../search/columns.js";
import { ordering, plan } from "../../search/conditions.js";
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";
import { CAP, Hits } from "./hits.js";

/**
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/form/form.js").SearchForm} SearchForm
 * @typedef {object} Host
 * @property {(name: string) => Promise<import("../../catalogue/catalogue.js").Catalogue>} catalogue
 * @property {import("../view.js").ResultsView} view where progress is shown
 * @property {import("./confirm.js").Asker} asker asks before a large read
 * @property {import("../unmatched.js").TargetReport} report shows which targets of a list were found
 * @property {(match: import("../../search/targets/match-link.js").MatchSearch) => Promise<{ other: import("../../catalogue/catalogue.js").Catalogue,
 *   prefix: string }>} other opens the catalogue to match with; throws Refused
 */

const lists = lazily(() => import("./find-targets.js"));
const others = lazily(() => import("./find-matches.js"));

/**
 * @param {Host} host @param {SearchForm} form @param {Search} search @param {AbortController} running
 * @returns {Promise<{hits: Hits, sort: Search["sort"], seconds: number, sql?: string}>} sql: of a match; throws Refused for targets that
 *   cannot be read
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
  const { relation } = await catalogue.prepare({
    region: search.region,
    where: bounds(search, form.form),
    columns: wanted.read,
    test: search.region ? undefined : wanted.where,
    confirm: (bytes) => asker.ask(bytes, running),
    ...options,
  });
  const { rows } = await engine.rows(`SELECT count(*) FROM ${relation} WHERE ${wanted.where}`, options);
  const total = Number(rows[0][0]);
  const most = Math.min(search.limit ?? CAP, CAP);
  const found = `SELECT ${wanted.select} FROM ${relation} WHERE ${wanted.where}`;
  const order = total > most ? ordering(wanted.sortRead, form.form.columns) : "";
  const few = most < CAP ? `${found} LIMIT ${most}` : found;
  const query = order ? `SELECT * FROM (${found}) ORDER BY ${order} LIMIT ${most}` : few;
  const { kept, fields } = await Hits.keep(engine, query, options);
  const seconds = (performance.now() - began) / 1000;
  const described = wanted.shown.map((name) => {
    const column = catalogue.columns.find((c) => c.name === name);
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
  return { hits: new Hits(engine, described, total, kept), sort: wanted.sort, seconds };
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
  /** @type {import("./find-matches.js").Wanted["onShare"]} */
  const onShare = (share, tiles, of, pairs) =>
    view.progress(
      share,
      1,
      "matching",
      t("tile {n} of {all}, about {pairs} pairs", { n: tiles, all: of, pairs }),
    );
  const { other, prefix } = await open(match);
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
    return { hits: new Hits(engine, described, found.total, kept), sort, seconds, sql: found.sql };
  });
}
