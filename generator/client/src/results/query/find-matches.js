/**
 * A search that matches its rows with another catalogue: tiles of the one in portions, with those tiles of the other that are next
 * to them, joined in the engine; only the matches are kept.
 *
 * @typedef {import("../../search/columns.js").Form} Form
 * @typedef {import("../../search/permalink.js").Search} Search
 * @typedef {import("../../search/targets/match-link.js").MatchSearch} MatchSearch
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../export/votable.js").Field} Field
 */
import { besideRuns, likelyPairs } from "../../catalogue/beside.js";
import { portions } from "../../catalogue/match.js";
import { countTiles, runsOf } from "../../reading/tiles.js";
import { bounds } from "../../search/bounds.js";
import { APART, findColumn } from "../../search/columns.js";
import { conditions, ordering } from "../../search/conditions.js";
import { Refused } from "../../search/grammar.js";
import { quoteName } from "../../search/literals.js";
import { macrosFor } from "../../search/sql/macros.js";
import { carriedNames, matchSql } from "../../search/targets/match-sql.js";
import { t } from "../../shared/strings.js";

/** Bytes of own tiles matched at once. */
const PORTION = 32 << 20;
/** A match that would make more pairs than this is not begun. */
const MOST_PAIRS = 50_000_000;
/** Every match has a table of its own: the previous one may still be removing its table. */
let matches = 0;

/**
 * @typedef {Parameters<typeof matchSql>[2]} Theirs the other catalogue
 * @typedef {Pick<Catalogue, "meta" | "stored"> & {
 *   columns: import("../../search/columns.js").Column[],
 *   prepareRuns: (runs: import("../../reading/tiles.js").Run[], wanted: Parameters<Catalogue["prepareRuns"]>[1] & { beside?:
 *   import("../../reading/tiles.js").PixelRange[] | null }) => ReturnType<Catalogue["prepareRuns"]>, all?: string[],
 *   elsewhere?: import("../recipes/question.js").Elsewhere }} Other all: the columns that are carried where none are named; elsewhere: where it
 *   is, where that is not a release
 * @typedef {object} Wanted
 * @property {Catalogue} catalogue
 * @property {Other} other
 * @property {string} prefix of the names of its columns
 * @property {Form} form
 * @property {Search} search with a match
 * @property {string[]} chosen own columns to show
 * @property {string[]} kept own columns of the result
 * @property {number} cap rows kept at most
 * @property {AbortSignal} signal
 * @property {(share: number, tiles: number, of: number, pairs: number) => void} onShare pairs: about how many there will be
 *
 * @typedef {object} Found
 * @property {string} query for the rows
 * @property {number} total
 * @property {Field[]} fields of the other catalogue, and the separation
 * @property {string} sql of the match, for the views of free SQL
 */

/** @param {Wanted} wanted @returns {{ asked: MatchSearch, own: Parameters<typeof matchSql>[1], theirs: Theirs, pairs: number }} throws Refused */
function partsOf({ catalogue, other, prefix, form, search, kept }) {
  const asked = /** @type {MatchSearch} */ (search.match);
  const { position } = other.meta;
  if (!position || !form.position)
    throw new Refused(t("The catalogue {name} has no positions.", { name: asked.catalogue }));
  const usual = [other.meta.id, position.ra, position.dec].flatMap((name) => name ?? []);
  const columns = [...new Set(asked.columns ?? other.all ?? usual)].map((name) => {
    const column = findColumn(
      { name: asked.catalogue, rows: 0, id: null, position, columns: other.columns },
      name,
    );
    if (!column)
      throw new Refused(
        t("There is no column “{name}” in {catalogue}.", { name, catalogue: asked.catalogue }),
      );
    return column;
  });
  const pairs = likelyPairs(catalogue.meta, other.meta, asked.radius);
  if (pairs > MOST_PAIRS)
    throw new Refused(
      t("This radius makes about {n} pairs, more than {most}: choose a smaller one.", {
        n: pairs,
        most: MOST_PAIRS,
      }),
    );
  const { carried, apart } = carriedNames(prefix, columns, form);
  const own = {
    form: { ...form, columns: catalogue.columns },
    position: form.position,
    read: kept,
    shown: kept,
  };
  return { asked, own, theirs: { position, columns: other.columns, carried, apart }, pairs };
}

/**
 * @template T
 * @param {Wanted} wanted
 * @param {(found: Found) => Promise<T>} use runs the query; its table is dropped afterwards
 * @returns {Promise<T>} throws Refused
 */
export async function findMatches(wanted, use) {
  const { catalogue, other, form, search, cap, signal } = wanted;
  const { engine } = catalogue;
  const { asked, own, theirs, pairs } = partsOf(wanted);
  const where = conditions({ ...search, region: null }, form);
  await engine.define("macros", macrosFor());
  const table = `"_drportal_matched_${++matches}"`;
  try {
    let total = 0;
    let first = true;
    for await (const sides of portionsOf(wanted, theirs, pairs)) {
      const rows = matchSql({ ...sides, where }, own, theirs, asked);
      const before = Math.min(total, cap);
      if (first) await engine.rows(`CREATE TABLE ${table} AS ${rows}`, { signal });
      else if (before < cap) await engine.rows(`INSERT INTO ${table} ${rows}`, { signal });
      else total += await countOf(engine, `(${rows})`, signal);
      if (before < cap) total = await countOf(engine, table, signal);
      first = false;
    }
    const most = Math.min(search.limit ?? cap, cap);
    const names = [...wanted.kept, theirs.apart, ...theirs.carried.map(({ name }) => name)];
    const sort = search.sort.filter(({ column }) => names.includes(column));
    const order = total > most && sort.length ? ` ORDER BY ${ordering(sort, form.columns)}` : "";
    const views = { own: quoteName(catalogue.stored), other: quoteName(other.stored), where };
    return await use({
      query: `SELECT * FROM ${table}${order} LIMIT ${most}`,
      total,
      fields: fieldsOf(theirs, asked),
      sql: [
        matchSql(views, { ...own, shown: wanted.chosen }, theirs, asked),
        ...(sort.length ? [`ORDER BY ${ordering(sort, form.columns)}`] : []),
        ...(search.limit === null ? [] : [`LIMIT ${search.limit}`]),
      ].join("\n"),
    });
  } finally {
    await engine.rows(`DROP TABLE IF EXISTS ${table}`);
  }
}

/** @param {Catalogue["engine"]} engine @param {string} from @param {AbortSignal} signal */
const countOf = async (engine, from, signal) =>
  Number((await engine.rows(`SELECT count(*) FROM ${from}`, { signal })).rows[0][0]);

/**
 * Both sides, portion by portion; one without rows where nothing can match.
 * @param {Wanted} wanted @param {Theirs} theirs @param {number} pairs
 */
async function* portionsOf(wanted, theirs, pairs) {
  const { catalogue, other, form, search, kept, signal, onShare } = wanted;
  const { radius } = /** @type {MatchSearch} */ (search.match);
  const { ra, dec } = /** @type {{ ra: string, dec: string }} */ (form.position);
  const tested = search.constraints.map(({ column }) => column);
  const read = [...new Set([...kept, ...tested, ra, dec])];
  const carried = theirs.carried.map(({ column }) => column.name);
  const theirRead = [...new Set([...carried, theirs.position.ra, theirs.position.dec])];
  const near = besideRuns(other.meta, runsOf(other.meta, null), radius);
  const own = portions(catalogue.meta, runsOf(catalogue.meta, near), PORTION);
  const tiles = own.reduce((sum, runs) => sum + countTiles(runs), 0);
  let done = 0;
  for (const runs of own.length ? own : [[]]) {
    const share = countTiles(runs) / Math.max(1, tiles);
    const onProgress = (/** @type {number} */ loaded, /** @type {number} */ of) =>
      onShare(done / Math.max(1, tiles) + (of ? (share * loaded) / of / 2 : 0), done, tiles, pairs);
    const beside = besideRuns(catalogue.meta, runs, radius);
    const where = bounds(search, form);
    const left = await catalogue.prepareRuns(runs, { where, columns: read, signal, onProgress });
    const right = await other.prepareRuns(runs.length ? runsOf(other.meta, beside) : [], {
      columns: theirRead,
      beside,
      signal,
      onProgress,
    });
    yield { own: left.relation, other: right.relation };
    done += countTiles(runs);
    onShare(done / Math.max(1, tiles), done, tiles, pairs);
  }
}

/** @param {Theirs} theirs @param {MatchSearch} asked @returns {Field[]} */
function fieldsOf({ apart, carried }, { catalogue }) {
  const distance = {
    name: apart,
    type: "",
    unit: "arcsec",
    ucd: "pos.angDistance",
    description: t("Distance from the row of {catalogue}", { catalogue }),
    digits: APART,
  };
  return [
    distance,
    ...carried.map(({ name, column }) => {
      const { unit, ucd, description } = /** @type {import("../../search/columns.js").Column} */ (column);
      return { name, type: "", unit, ucd, description };
    }),
  ];
}
