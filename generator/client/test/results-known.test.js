// Statements that a catalogue's description answers, parsed by DuckDB itself; others are run.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { knownAnswer, mayBeKnown } from "../src/results/query/known.js";
import { readStatement } from "../src/search/sql/statements.js";
import { EngineError } from "../src/shared/errors.js";

const require = createRequire(import.meta.url);
const wasm = require.resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
/** Its form for Node has no types. @type {any} */
const duckdb = require(wasm.replace("duckdb-eh.wasm", "duckdb-node-blocking.cjs"));

/** DuckDB for Node, as the page's engine answers. */
async function start() {
  const bundle = { mainModule: wasm, mainWorker: "" };
  const db = await duckdb.createDuckDB(
    { mvp: bundle, eh: bundle },
    new duckdb.VoidLogger(),
    duckdb.NODE_RUNTIME,
  );
  await db.instantiate();
  const connection = db.connect();
  const rows = async (/** @type {string} */ sql) => {
    try {
      const table = connection.query(sql);
      const names = table.schema.fields.map((/** @type {{ name: string }} */ field) => field.name);
      return {
        names,
        rows: table.toArray().map((/** @type {any} */ row) => [...row].map(([, value]) => value)),
      };
    } catch (error) {
      throw new EngineError(String(/** @type {Error} */ (error).message), { kind: "sql" });
    }
  };
  return /** @type {any} */ ({ rows });
}

const column = (/** @type {string} */ name, /** @type {unknown} */ known, /** @type {number[]} */ marked = []) => ({
  name, datatype: "double", missing: marked, marked, arraysize: null, known,
}); // prettier-ignore

/** 5 rows, of which one has no teff, and one a z that means "nothing". */
const META = /** @type {any} */ ({
  name: "lrs",
  rows: 5,
  columns: [
    column("teff", ["FLOAT", 4, -3.5, 9000.125]),
    column("id", ["BIGINT", 5, "-9223372036854775808", "9223372036854775807"]),
    column("z", ["DOUBLE", 4, 0.5, null], [-9999]),
    column("select", ["VARCHAR", 5, "A", "it's"]),
    column("empty", ["FLOAT", 0, null, null]),
    column("list", null),
    column('odd "name"', ["BIGINT", 5, 1, 2]),
    column("date", ["DATE", 5, "2011-10-24", "2020-02-29"]),
  ],
});
const ROWS = `SELECT unnest([NULL, -3.5, 9000.125, 1, 2])::FLOAT AS teff, unnest([-9223372036854775808, 0, 1, 2, 9223372036854775807]) AS id,
  nullif(unnest([-9999, 0.5, 0.75, 1, 2]), -9999)::DOUBLE AS z, unnest(['A', 'B', 'C', 'it''s', 'b']) AS "select", NULL::FLOAT AS empty,
  unnest([[1], [2], [3], [4], [5]]) AS list, unnest([1, 2, 1, 2, 1]) AS "odd ""name""",
  unnest(['2011-10-24', '2012-01-01', '2013-01-01', '2014-01-01', '2020-02-29'])::DATE AS date`;

const KNOWN = [
  "SELECT count(*) FROM lrs",
  "from LRS select count() -- all",
  "select min(teff), max(teff), count(teff) from lrs",
  'SELECT Count(id) AS "a "", count(b", max(id), min(id) AS low FROM "lrs"',
  "(select min(z) as count from lrs)",
  'select max("select"), min("select"), count("select") from lrs',
  "select min(empty), count(empty) from lrs",
  "select n: count(*), min(date), max(date) from lrs",
];

const RUN = [
  "SELECT count(1) FROM lrs",
  "SELECT count(*) FROM lrs WHERE teff > 1",
  "SELECT min(teff) FILTER (teff > 1) FROM lrs",
  "SELECT count(DISTINCT teff) FROM lrs",
  "SELECT count(*), count(*) FROM lrs",
  "SELECT min(teff) + 1 FROM lrs",
  "SELECT min(teff + 1) FROM lrs",
  "SELECT min(teff, 2) FROM lrs",
  "SELECT min(TEFF) FROM lrs",
  "SELECT max(z) FROM lrs",
  "SELECT count(list) FROM lrs",
  'SELECT max("odd ""name""") FROM lrs',
  "SELECT count(*) FROM lrs LIMIT 0",
  "SELECT count(*) FROM lrs USING SAMPLE 2",
  "SELECT count(*) FROM lrs GROUP BY ALL",
  "SELECT count(*) OVER () FROM lrs",
  "SELECT count(*) FROM lrs, lrs AS b",
  "SELECT count(*) FROM (SELECT * FROM lrs LIMIT 2)",
  "SELECT count(*) FROM lrs UNION ALL SELECT 1",
  "WITH lrs AS (SELECT 1) SELECT count(*) FROM lrs",
  "SELECT count(*) FROM lrs HAVING count(*) > 9",
  "SELECT max(teff) FROM (SELECT id AS teff FROM lrs)",
  "SELECT min(teff) FROM lrs AS lrs(id, teff)",
  "SELECT count(*) FROM lrs) , (SELECT 2",
  `SELECT ')SELECT * FROM (SELECT count(*) AS "', 1 AS """ FROM lrs);" FROM lrs`,
  "SELECT any_value(teff) FROM lrs",
  "SELECT count(*) FROM main.lrs",
  "SELECT count(nothing) FROM lrs",
];

const engine = await start();
const { signal } = new AbortController();

test("what the description answers is what DuckDB finds in the rows", async () => {
  await engine.rows(`CREATE TABLE lrs AS ${ROWS}`);
  for (const sql of KNOWN) {
    const { query, words } = readStatement(sql);
    assert.ok(mayBeKnown(words), sql);
    const answer = await knownAnswer(engine, query, META, "lrs", signal);
    assert.ok(answer && !/lrs/i.test(answer), sql);
    const described = async (/** @type {string} */ text) => [
      (await engine.rows(`DESCRIBE ${text}`)).rows.map((/** @type {any[]} */ row) => row.slice(0, 2)),
      (await engine.rows(`SELECT x::VARCHAR FROM (${text}) AS x`)).rows,
    ];
    assert.deepEqual(await described(answer), await described(query), sql);
  }
  for (const sql of RUN) {
    assert.equal(await knownAnswer(engine, readStatement(sql).query, META, "lrs", signal), null, sql);
  }
});

test("stored values are known where none means nothing", async () => {
  const of = (/** @type {string} */ sql) =>
    knownAnswer(engine, readStatement(sql).query, META, "lrs_raw", signal);
  assert.match((await of("SELECT max(teff), count(*) FROM lrs_raw")) ?? "", /9000\.125/);
  assert.equal(await of("SELECT count(z) FROM lrs_raw"), null);
  assert.equal(await of("SELECT count(*) FROM lrs"), null);
});

test("statements that ask for rows are not parsed beforehand", () => {
  const words = (/** @type {string} */ sql) => readStatement(sql).words;
  assert.ok(!mayBeKnown(words("SELECT * FROM lrs")));
  assert.ok(!mayBeKnown(words("SELECT class, count(*) FROM lrs GROUP BY class")));
});
