import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../src/search/form/chips.js";
import { conditions, plan } from "../src/search/conditions.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { asFilter } from "../src/search/columns.js";
import { sqlRecipe } from "../src/results/recipes/one-statement.js";
import { pythonRecipe } from "../src/results/recipes/python.js";
import { lsdbRecipe } from "../src/results/recipes/lsdb.js";
import { canLsdb } from "../src/results/recipes/question.js";

const filters = [
  asFilter({
    name: "repeated",
    kind: "repeated",
    id: "obsid",
    table: "lrs_repeated",
    title: "Observed more than once",
  }),
  asFilter({
    name: "has_issue",
    kind: "issue",
    id: "obsid",
    table: "lrs_issues",
    title: "Has a known issue",
  }),
];
/** @type {import("../src/search/columns.js").Form} */
const form = {
  name: "lrs",
  rows: 10,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: ["obsid", "ra", "dec"].map((name) => ({ name, datatype: name === "obsid" ? "long" : "double" })),
  filters,
};
const read = (/** @type {string} */ query) => {
  const { search, problems } = readPermalink(query, [form]);
  return { search, problems: problems.map(({ parameter, message }) => `${parameter}: ${message}`) };
};

test("a filter is a condition of links, chips and SQL", () => {
  const { search, problems } = read("catalogue=lrs&repeated=true&has_issue=no");
  assert.deepEqual(problems, []);
  assert.equal(writePermalink(search), "catalogue=lrs&repeated=true&has_issue=no");
  assert.equal(
    conditions(search, form),
    `"obsid" IN (SELECT id FROM "lrs_repeated") AND ("obsid" IN (SELECT id FROM "lrs_issues")) IS NOT TRUE`,
  );
  const parts = partsOf(search, true, filters);
  assert.deepEqual(
    parts.map(({ name, text }) => `${name}: ${text}`),
    ["Observed more than once: yes", "Has a known issue: no"],
  );
  assert.equal(writePermalink(parts[1].rest ?? search), "catalogue=lrs&repeated=true");
  assert.ok(plan(search, form, ["ra"]).read.includes("obsid"));
});

test("what a filter cannot be is refused", () => {
  assert.deepEqual(read("repeated=perhaps").problems, ["repeated: “perhaps” is neither true nor false."]);
  assert.match(read("has_issue=1..2").problems[0], /^has_issue: “1\.\.2” is neither/);
  assert.match(read("columns=repeated").problems[0], /^columns: There is no column “repeated”/);
  assert.match(read("sort=repeated").problems[0], /^sort: There is no column “repeated”/);
  assert.match(read("targets=repeated=5").problems[0], /^targets: /);
});

test("recipes read the lists from files of the release", () => {
  const { search } = read("repeated=true&has_issue=false");
  const lists = [
    { table: "lrs_repeated", column: "id", type: "", files: ["data/lrs/ids/repeated.parquet"] },
    { table: "lrs_issues", column: "obsid", type: "BIGINT", files: ["known-issues/a.csv"] },
  ];
  filters.forEach(({ filter }, i) => Object.assign(filter ?? {}, { list: lists[i] }));
  const question = { search, form, typical: ["obsid"], catalogues: [{ name: "lrs", stored: "lrs_raw" }] };
  const about = { release: "dr8/v1.0", catalogue: "lrs", query: "q", cite: "c" };
  const recipe = { question, about, date: "2026", place: "/r", fields: [] };
  const sql = sqlRecipe(recipe);
  assert.match(
    sql,
    /CREATE VIEW "lrs_repeated" AS SELECT "id" AS id FROM read_parquet\(\['data\/lrs\/ids\/repeated\.parquet'\]\);/,
  );
  assert.match(
    sql,
    /"lrs_issues" AS SELECT "obsid" AS id FROM read_csv\(\['known-issues\/a\.csv'\], header = true, columns = \{'obsid': 'BIGINT'\}\);/,
  );
  assert.match(
    pythonRecipe(recipe),
    /\("lrs_issues", "obsid", \{"obsid": pyarrow\.int64\(\)\}, \["known-issues\/a\.csv"\]\)/,
  );
  assert.match(lsdbRecipe(recipe), /~rows\["obsid"\]\.isin\(LISTS\["lrs_issues"\]\)/);
  assert.ok(canLsdb(question));
  // a condition that the release writes in SQL
  Object.assign(filters[1].filter ?? {}, { where: ["snrg < 5 -- faint"] });
  assert.match(conditions(search, form), /OR \(\nsnrg < 5 -- faint\n\)\)\) IS NOT TRUE$/);
  assert.ok(!canLsdb(question));
});
