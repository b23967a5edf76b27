import assert from "node:assert/strict";
import { test } from "node:test";
import { comparesNull, inAnyCase, withoutEach } from "../src/search/sql/empty.js";
import { bareName, bareNumber, nameForms } from "../src/search/designations.js";
import { diagnose, maskOf, partsOf, similar, without } from "../src/results/query/diagnosis.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";

const form = {
  name: "t",
  rows: 1,
  position: { ra: "ra", dec: "dec" },
  id: null,
  columns: ["ra", "dec", "a", "b"].map((name) => ({ name, datatype: "double" })),
};

test("a search is split into parts and composed without some of them", () => {
  const { search } = readPermalink("cone=1,2,3&a=>5&b=..7", [form]);
  const parts = partsOf(search, form);
  assert.deepEqual(
    parts.map(({ label }) => label),
    ["the cone of 3 arcsec", "a > 5", "b <= 7"],
  );
  assert.equal(writePermalink(without(search, [parts[0], parts[2]])), "catalogue=t&a=%3E5..");
  assert.match(maskOf(parts), /THEN 1 ELSE 0 END \+ CASE WHEN "a" .* THEN 2 .* THEN 4 ELSE 0 END$/);
});

test("which condition removes all rows: alone, in pairs, or none of them", () => {
  const said = (/** @type {[number, number][]} */ rows, /** @type {number} */ n) =>
    diagnose(new Map(rows), n);
  // bits of the conditions met → rows
  assert.deepEqual(
    said(
      [
        [0b01, 5],
        [0b00, 9],
      ],
      2,
    ),
    { impossible: [1], without: [{ parts: [1], rows: 5 }], most: null },
  );
  assert.deepEqual(
    said(
      [
        [0b011, 5],
        [0b101, 7],
        [0b110, 1],
      ],
      3,
    ).without,
    [
      { parts: [1], rows: 7 },
      { parts: [2], rows: 5 },
      { parts: [0], rows: 1 },
    ],
  );
  assert.deepEqual(
    said(
      [
        [0b001, 5],
        [0b010, 7],
      ],
      3,
    ),
    {
      impossible: [2],
      without: [
        { parts: [0, 2], rows: 7 },
        { parts: [1, 2], rows: 5 },
      ],
      most: null,
    },
  );
  assert.deepEqual(
    said(
      [
        [0b0001, 5],
        [0b0010, 7],
      ],
      4,
    ),
    { impossible: [2, 3], without: [], most: { parts: [0], rows: 5 } },
  );
  assert.deepEqual(said([[0, 5]], 1), { impossible: [0], without: [], most: null });
  assert.deepEqual(said([], 3), { impossible: [0, 1, 2], without: [], most: null });
});

test("names are looked for with and without a catalogue before them", () => {
  assert.deepEqual(nameForms(" LAMOST  J004200.00+203000.0 ").slice(1, 4), [
    "LAMOST  J004200.00+203000.0",
    "J004200.00+203000.0",
    "LAMOST J004200.00+203000.0",
  ]);
  assert.ok(nameForms("4295806720000000").includes("Gaia DR3 4295806720000000"));
  assert.deepEqual(nameForms("Star"), ["Star", "STAR"]);
  assert.equal(bareName("2MASS J00424433+4116074"), "J00424433+4116074");
  assert.equal(bareName("10 20"), "10 20");
  assert.equal(bareNumber("Gaia DR3 12"), "12");
  assert.equal(bareNumber("HD12"), "12");
  assert.equal(bareNumber("12.5"), "12.5");
  assert.match(
    similar("name", "Gaia DR3 4295806720"),
    /IN \('gaiadr34295806720', '4295806720'\) OR ends_with\(.*'4295806720'\)/,
  );
  assert.doesNotMatch(similar("class", "star"), /ends_with/);
});

test("a statement without each of its conditions", () => {
  const sqls = (/** @type {string} */ sql) => withoutEach(sql).map((one) => one.sql);
  assert.deepEqual(sqls("SELECT ra FROM lrs WHERE z > 1 ORDER BY ra LIMIT 3"), [
    "SELECT ra FROM lrs ORDER BY ra LIMIT 3",
  ]);
  assert.deepEqual(
    withoutEach(
      "SELECT ra FROM lrs\nWHERE z BETWEEN 1 AND 2 AND (class = 'A' OR class = 'B') AND ra > 1 GROUP BY ra",
    ),
    [
      {
        condition: "z BETWEEN 1 AND 2",
        at: [25, 42],
        sql: "SELECT ra FROM lrs\nWHERE (class = 'A' OR class = 'B') AND ra > 1 GROUP BY ra",
      },
      {
        condition: "(class = 'A' OR class = 'B')",
        at: [47, 75],
        sql: "SELECT ra FROM lrs\nWHERE z BETWEEN 1 AND 2 AND ra > 1 GROUP BY ra",
      },
      {
        condition: "ra > 1",
        at: [80, 86],
        sql: "SELECT ra FROM lrs\nWHERE z BETWEEN 1 AND 2 AND (class = 'A' OR class = 'B') GROUP BY ra",
      },
    ],
  );
  assert.deepEqual(sqls("SELECT * FROM (SELECT ra FROM lrs WHERE z > 9) WHERE ra > 1"), [
    "SELECT * FROM (SELECT ra FROM lrs WHERE z > 9)",
  ]);
  assert.deepEqual(sqls("SELECT * FROM (SELECT ra FROM lrs WHERE z > 9 AND ra > 1) a"), [
    "SELECT * FROM (SELECT ra FROM lrs WHERE ra > 1) a",
    "SELECT * FROM (SELECT ra FROM lrs WHERE z > 9) a",
  ]);
  for (const sql of [
    "SELECT 1 LIMIT 0",
    "SELECT ra FROM lrs WHERE a OR b",
    "SHOW TABLES",
    "SELECT 'WHERE a AND b'",
  ])
    assert.deepEqual(sqls(sql), [], sql);
  assert.ok(comparesNull("SELECT 1 WHERE z = NULL") && comparesNull("SELECT 1 WHERE z <> NULL"));
  assert.ok(!comparesNull("SELECT 1 WHERE z IS NULL AND 'x = NULL' = y"));
});

test("texts in a statement may be compared in any letter case", () => {
  const ways = (/** @type {string} */ sql) => inAnyCase(sql, withoutEach(sql)).map((one) => one.sql);
  assert.deepEqual(ways("SELECT a FROM t WHERE class = 'star' AND x > 1 LIMIT 3"), [
    "SELECT a FROM t WHERE lower(class) = lower('star') AND x > 1 LIMIT 3",
  ]);
  assert.deepEqual(ways(`SELECT a FROM t WHERE x > 1 AND t."a ""b"='It''s'`), []);
  assert.deepEqual(ways(`SELECT a FROM t WHERE "a ""b"='It''s'`), [
    `SELECT a FROM t WHERE lower("a ""b") = lower('It''s')`,
  ]);
  assert.deepEqual(ways("SELECT a FROM t WHERE id = '12' AND n = 5 AND name = '天狼星'"), []);
  assert.deepEqual(ways("SELECT a FROM t WHERE lower(class) = 'star'"), []);
});
