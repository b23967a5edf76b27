import assert from "node:assert/strict";
import { test } from "node:test";
import { queryFile, readQueryFile } from "../src/results/recipes/query-file.js";
import { citeRecipe } from "../src/results/recipes/cite.js";
import { condition } from "../src/results/recipes/lsdb.js";
import { literal, longText } from "../src/results/recipes/python-text.js";
import { oneLine, placeOf } from "../src/results/recipes/question.js";
import { macrosOf, statement } from "../src/results/recipes/one-statement.js";
import { parseItems } from "../src/search/grammar.js";
import { readPermalink } from "../src/search/permalink.js";

const form = {
  name: "stars",
  rows: 10,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: [
    { name: "obsid", datatype: "long" },
    { name: "ra", datatype: "double" },
    { name: "dec", datatype: "double" },
    { name: "class", datatype: "char" },
    { name: 'we"ird', datatype: "float", missing: [-9999] },
  ],
};
const ask = (/** @type {string} */ query) => {
  const { search, problems } = readPermalink(query, [form]);
  assert.deepEqual(problems, []);
  return { search, form, typical: ["obsid", "ra"], catalogues: [{ name: "stars", stored: "stars_raw" }] };
};
const about = { release: "dr8/v1.0", catalogue: "stars", query: "q", cite: "cite" };

test("a search as SQL", () => {
  const sql = statement(ask("class=STAR,QSO&sort=-ra&limit=5"));
  assert.equal(
    sql,
    `SELECT "obsid",\n  "ra"\nFROM "stars_raw"\nWHERE "class" IN ('STAR', 'QSO')\nORDER BY "ra" DESC NULLS LAST\nLIMIT 5`,
  );
  const cone = statement(ask("cone=10,20,60"));
  assert.match(cone, /AS "separation"/);
  assert.match(cone, /ORDER BY "separation" ASC NULLS LAST$/);
  assert.doesNotMatch(cone, /separation\(/);
});

test("functions are included with statements that call them", () => {
  const macros = ["CREATE MACRO separation(a, b) AS 1", "CREATE OR REPLACE TEMP MACRO cone(a) AS 2"];
  const question = { sql: "select Separation(1, 2) from stars", catalogues: [], macros };
  assert.deepEqual(macrosOf(question), [macros[0]]);
});

test("any text becomes a valid Python literal", () => {
  assert.equal(literal({ "a'b": [1n, true, null, Infinity] }), `{"a'b": [1, True, None, float("Infinity")]}`);
  assert.equal(literal("\u202e\n\ud800"), '"\\u202e\\n\ufffd"');
  assert.equal(longText('a "b" \\ """ c"'), '"""\na "b" \\\\ \\"\\"" c"\n"""');
  assert.equal(oneLine("a\nimport os\u2028b"), "a import os b");
});

test("the address of the release", () => {
  assert.equal(placeOf("", "https://x.org/dr8/search.html?a=1#b"), "https://x.org/dr8");
  assert.equal(placeOf("../", "https://x.org/dr8/zh/search.html"), "https://x.org/dr8");
  assert.equal(placeOf("", "file:///a%20b/%E5%85%89%20%231/search.html"), "/a b/光 #1");
  assert.equal(placeOf("", "file:///C:/data/search.html"), "C:/data");
});

test("conditions of pandas", () => {
  const of = (/** @type {number} */ i, /** @type {string} */ text) =>
    condition(form.columns[i], parseItems(text));
  assert.equal(of(0, "9223372036854775807"), '(rows["obsid"] == 9223372036854775807)');
  assert.equal(of(3, "STAR,K*"), '((rows["class"] == "STAR") | rows["class"].str.fullmatch("K(?s:.*)"))');
  assert.equal(
    of(4, "0.1.."),
    '(rows["we\\"ird"].notna() & (rows["we\\"ird"] >= np.float32(0.1)) & ~rows["we\\"ird"].isin([-9999]))',
  );
});

test("conditions of pandas on times, decimals and large numbers", () => {
  const of = (/** @type {any} */ more, /** @type {string} */ text) =>
    condition({ name: "c", missing: [], ...more }, parseItems(text));
  const time = { datatype: "timestamp" };
  const day =
    '(rows["c"].notna() & (rows["c"] >= np.datetime64("2020-01-01", "us")) & (rows["c"] < (np.datetime64("2020-01-01", "D") + 1).astype("datetime64[us]")))';
  assert.equal(of(time, "2020-01-01"), day);
  assert.equal(
    of({ ...time, scale: 9 }, "2020-01-01T00:00:00.123456789"),
    '(rows["c"] == np.datetime64("2020-01-01T00:00:00.123456789", "ns"))',
  );
  assert.equal(
    of({ datatype: "double", scale: 3 }, "1.5,2.250"),
    '((rows["c"] == Decimal("1.5")) | (rows["c"] == Decimal("2.250")))',
  );
  assert.equal(
    of({ datatype: "long", unsigned: true }, "18446744073709551615"),
    '(rows["c"] == pa.scalar(18446744073709551615, pa.uint64()))',
  );
});

test("query files are read back as written", async () => {
  const text = queryFile(ask("class=STAR&cone=10,20,60&limit=3"), about, "now");
  const file = await readQueryFile(new Blob([text]));
  assert.equal(file.kind, "search");
  assert.equal(file.release, "dr8/v1.0");
  assert.deepEqual(ask(file.query), ask("class=STAR&cone=10,20,60&limit=3"));
  assert.match(JSON.parse(text).sql, /^SELECT/);
});

test("damaged and hostile query files are refused", async () => {
  const hostile = [
    "",
    "nonsense",
    "null",
    "[]",
    '{"drportal": 2, "release": "r", "query": {}}',
    '{"drportal": 1, "query": {}}',
    '{"drportal": 1, "release": "r", "query": []}',
    '{"drportal": 1, "release": "r", "query": {"a": {"b": 1}}}',
    '{"drportal": 1, "release": "r", "query": {}, "targets": {"columns": [], "rows": [], "roles": {}}}',
    '{"drportal": 1, "release": "r", "query": {}, "targets": {"columns": [{"name": "a"}], "rows": [["x", "y"]], "roles": {}}}',
    '{"drportal": 1, "release": "r", "query": {}, "targets": {"columns": [{"name": "a"}], "rows": [[1]], "roles": {}}}',
  ];
  for (const text of hostile)
    await assert.rejects(() => readQueryFile(new Blob([text])), /This is not a query file: [^\n]+$/, text);
  const odd = await readQueryFile(
    new Blob(['{"drportal": 1, "release": "r", "query": {"__proto__": "1"}, "kind": "javascript"}']),
  );
  assert.equal(odd.kind, "search");
});

test("a citation has the query, the release, the date, and the number of rows", () => {
  const said = (/** @type {any} */ question, /** @type {any} */ page) => {
    const recipe = {
      question,
      about: { ...about, query: "catalogue=stars&class=STAR" },
      date: "2026-01-02T03:04:05Z",
      place: "",
      fields: [],
    };
    return citeRecipe(recipe, { release: { label: "DR8 v1.0" }, ...page }, 433).split("\n");
  };
  const page = { citation: "NAOC (2021). LAMOST\nDR8.", address: "https://x.org/dr8/v1.0" };
  const [release, query, address, , ...sql] = said(ask("class=STAR"), page);
  assert.equal(release, "NAOC (2021). LAMOST DR8.");
  assert.equal(query, "Query of stars in DR8 v1.0: 433 rows, 2026-01-02.");
  assert.equal(address, "https://x.org/dr8/v1.0/search.html?catalogue=stars&class=STAR");
  assert.equal(sql.join("\n").trim(), statement(ask("class=STAR")));
  const free = said(
    { sql: "SELECT 'a&b)'\nFROM stars", catalogues: [{ name: "stars", stored: "stars_raw" }] },
    {},
  );
  assert.equal(free[0], "DR8 v1.0");
  assert.equal(free[2], "sql.html?sql=SELECT%20%27a%26b%29%27%0AFROM%20stars");
  assert.equal(new URL(free[2], "https://x.org/").searchParams.get("sql"), "SELECT 'a&b)'\nFROM stars");
});
