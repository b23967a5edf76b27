import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../src/search/sql/history.js";
import { readError } from "../src/search/sql/sql-errors.js";
import { readStatement, splitStatements, statementAt } from "../src/search/sql/statements.js";

test("one reading statement passes, its end is trimmed", () => {
  assert.equal(readStatement("SELECT 1;").sql, "SELECT 1");
  assert.equal(readStatement("SELECT ';' ; -- done\n").sql, "SELECT ';' ");
  assert.ok(
    readStatement("  -- a note; with a semicolon\n/* and; another */ with x as (select 1) from x").isTable,
  );
  for (const sql of [
    "FROM lrs",
    "VALUES (1)",
    "(SELECT 1)",
    "select 1",
    "DESCRIBE lrs",
    "SHOW TABLES",
    "SUMMARIZE lrs",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "EXPLAIN (FORMAT JSON) SELECT 1",
    "EXPLAIN (SELECT 1)",
  ]) {
    assert.doesNotThrow(() => readStatement(sql), sql);
  }
});

test("what runs can only be a SELECT, or the plan of one", () => {
  assert.equal(readStatement("DESCRIBE lrs").query, "SELECT * FROM (\nDESCRIBE lrs\n)");
  assert.equal(readStatement("select 1 -- x").query, "SELECT * FROM (\nselect 1 -- x\n)");
  for (const [sql, head, runs] of /** @type {[string, string, boolean][]} */ ([
    ["EXPLAIN select 1", "EXPLAIN ", false],
    ["explain analyze select 1", "explain analyze ", true],
    ["EXPLAIN (ANALYZE, FORMAT JSON) select 1", "EXPLAIN (ANALYZE, FORMAT JSON) ", true],
    ["EXPLAIN /* a */ ( format json ) select 1", "EXPLAIN /* a */ ( format json ) ", false],
  ])) {
    const read = readStatement(sql);
    assert.equal(read.query, `${head}SELECT * FROM (\nselect 1\n)`);
    assert.equal(read.runs, runs, sql);
    assert.equal(read.isTable, false);
  }
});

test("anything else is refused", () => {
  for (const sql of [
    "",
    "  ;; ",
    "-- only a note",
    "DROP TABLE lrs",
    "CREATE TABLE x AS SELECT 1",
    "COPY lrs TO 'x'",
    "INSERT INTO x VALUES (1)",
    "ATTACH 'x'",
    "SET memory_limit='1GB'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA version",
    "CALL f()",
    "EXPLAIN",
    "EXPLAIN ANALYZE DROP TABLE x",
    "EXPLAIN EXPLAIN SELECT 1",
    "/* SELECT */ DELETE FROM x",
    "/* /* */ SELECT */ DELETE FROM x",
    "EXPLAIN (ANALYZE, FORMAT JSON) DELETE FROM x",
    "FROM enable_logging()",
    'SELECT * FROM system.main."Enable_Logging"()',
    "SELECT 1\0",
  ]) {
    assert.throws(() => readStatement(sql), { name: "Refused" }, sql);
  }
  assert.throws(() => readStatement("SELECT 1; DROP TABLE lrs"), /one statement/);
  assert.throws(() => readStatement("SELECT 'it''s'; SELECT 2"), /one statement/);
});

test("statements are separated as by DuckDB", () => {
  const parts = (/** @type {string} */ text) => splitStatements(text).map(({ sql }) => sql);
  assert.deepEqual(parts("select 1; select 2;"), ["select 1", "select 2"]);
  assert.deepEqual(parts(" ; ;\n-- nothing;\n"), []);
  for (const sql of [
    "select ';'",
    "select 'it''s;'",
    "select e'\\';'",
    'select 1 as "a;""b;"',
    "select $$;$$",
    "select $x$ $$ ; $x$",
    "select 1 -- ;\n+ 1",
    "select /* ; /* ; */ ; */ 1",
  ])
    assert.deepEqual(parts(`${sql};select 2`), [sql, "select 2"], sql);
  const text = "select 1;\n\n-- second\nselect 2 ; select 3";
  const pieces = splitStatements(text);
  assert.deepEqual(
    pieces.map(({ from, to }) => text.slice(from, to)),
    ["select 1", "-- second\nselect 2 ", "select 3"],
  );
  assert.equal(statementAt(pieces, 4)?.sql, "select 1");
  assert.equal(statementAt(pieces, 9)?.sql, "select 1");
  assert.equal(statementAt(pieces, 12)?.sql, "-- second\nselect 2 ");
  assert.equal(statementAt(pieces, text.length)?.sql, "select 3");
});

test("names and limits in a statement", () => {
  const { words } = readStatement(`SELECT "Class", 'mrs' FROM lrs_stellar -- lrs`);
  assert.ok(words.has("class") && words.has("lrs_stellar"));
  assert.ok(!words.has("mrs") && !words.has("lrs"));
  assert.equal(readStatement("from lrs").limit, null);
  assert.equal(readStatement("from lrs limit 10 offset 5").limit, 15);
  assert.equal(readStatement("from (from lrs limit 100) limit 10").limit, 100);
  assert.equal(readStatement("from lrs limit 10%").limit, null);
});

test("errors have their position, and what may have been meant", () => {
  const sql = 'SELECT a,\n  "tef" FROM lrs';
  const { query } = readStatement(sql);
  const said = `Binder Error: Referenced column "tef" not found in FROM clause!\nCandidate bindings: "teff", "tef""2"\n\nLINE 3:   "tef" FROM lrs\n          ^`;
  const problem = readError(said, query, sql);
  assert.match(problem.text, /tef/);
  assert.equal(sql.slice(problem.from ?? 0, problem.to ?? 0), '"tef"');
  assert.deepEqual(problem.meant, ["teff", 'tef""2']);
  const json = (/** @type {number} */ position) =>
    `{"exception_type":"Parser","exception_message":"syntax error at or near \\"x\\"","position":"${position}"}`;
  assert.equal(readError(json(query.indexOf("FROM lrs")), query, sql).from, sql.indexOf("FROM lrs"));
  const late = readError(json(query.length - 1), query, sql);
  assert.match(late.text, /too early/);
  assert.equal(late.from, sql.length);
  // DuckDB counts bytes
  const chinese = "SELECT '光谱' FROM x y z";
  const around = readStatement(chinese).query;
  const bytes = new TextEncoder().encode(around.slice(0, around.indexOf(" z"))).length + 1;
  assert.equal(readError(json(bytes), around, chinese).from, chinese.indexOf("z"));
  assert.deepEqual(readError("Out of memory"), { text: "Out of memory", from: null, to: null, meant: [] });
});

test("history is kept by release, newest first, and survives a storage that is not allowed", () => {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const storage = /** @type {any} */ ({
    getItem: (/** @type {string} */ k) => kept.get(k) ?? null,
    setItem: (/** @type {string} */ k, /** @type {string} */ v) => kept.set(k, v),
  });
  const run = (/** @type {string} */ sql) => ({ sql, at: 1, rows: 1, seconds: 0 });
  const first = new History("A v1", () => storage);
  first.add(run("select 1"));
  first.add(run("select 2"));
  first.add(run("select 1"));
  assert.deepEqual(
    new History("A v1", () => storage).list().map(({ sql }) => sql),
    ["select 1", "select 2"],
  );
  assert.deepEqual(new History("A v2", () => storage).list(), []);
  kept.set("drportal-sql A v1", "{spoilt");
  assert.equal(new History("A v1", () => storage).list().length, 0);
  const closed = new History("B", () => {
    throw new Error("SecurityError");
  });
  closed.add(run("select 3"));
  assert.equal(closed.list().length, 1);
  closed.clear();
  assert.equal(closed.list().length, 0);
});
