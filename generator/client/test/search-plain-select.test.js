import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlainSelect } from "../src/search/sql/plain-select.js";

const plain = (/** @type {string} */ sql) =>
  isPlainSelect(sql, ["lrs", "lrs_raw"], ["obsid", "z", "teff", "my z"]);

test("statements that name the columns as the catalogue does", () => {
  for (const sql of [
    "SELECT * FROM lrs ORDER BY z DESC LIMIT 20",
    'select obsid, z*2, (abs(z) + teff) AS s FROM lrs_raw WHERE z > 1 AND "my z" < teff ORDER BY s, obsid LIMIT 3 OFFSET 2',
    'SELECT z::FLOAT, teff AS t FROM "LRS" WHERE z BETWEEN 1 AND 2 OR NOT z IN (3) ORDER BY z, t LIMIT 5 -- z z',
    "SELECT * EXCLUDE (z), 'z' FROM lrs ORDER BY -z LIMIT 5",
    "SELECT lrs.z FROM lrs",
  ])
    assert.ok(plain(sql), sql);
});

test("statements that may give a column's name another meaning", () => {
  for (const sql of [
    "SELECT -z AS z FROM lrs ORDER BY z LIMIT 2",
    "SELECT -z z FROM lrs ORDER BY z LIMIT 2",
    'SELECT obsid, abs(teff) "Z" FROM lrs ORDER BY z LIMIT 2',
    "SELECT 3 z FROM lrs ORDER BY z",
    "SELECT '3' z FROM lrs ORDER BY z",
    "SELECT [1] z FROM lrs ORDER BY z",
    "SELECT teff::INT z FROM lrs ORDER BY z",
    "SELECT z: -z FROM lrs ORDER BY z LIMIT 2",
    "SELECT * REPLACE (-z AS z) FROM lrs ORDER BY z LIMIT 2",
    "SELECT * RENAME (teff AS z) FROM lrs ORDER BY z LIMIT 2",
    "SELECT COLUMNS('z') z FROM lrs",
    "SELECT * FROM (SELECT -z AS z FROM lrs) ORDER BY z LIMIT 2",
    "WITH t(z) AS (SELECT -z FROM lrs) SELECT * FROM t ORDER BY z LIMIT 2",
    "SELECT * FROM lrs AS t(z, teff) ORDER BY z LIMIT 2",
    "SELECT * FROM lrs t ORDER BY z LIMIT 2",
    "SELECT * FROM other ORDER BY z LIMIT 2",
    "SELECT * FROM lrs, mrs ORDER BY z LIMIT 2",
    "SELECT DISTINCT z FROM lrs ORDER BY z LIMIT 2",
    "SELECT z FROM lrs GROUP BY z ORDER BY z LIMIT 2",
    "FROM lrs ORDER BY z LIMIT 2",
    "TABLE lrs",
    "",
  ])
    assert.ok(!plain(sql), sql);
});
