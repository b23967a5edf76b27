import assert from "node:assert/strict";
import { test } from "node:test";
import { averaged, decimalsOf, rounded } from "../src/search/sql/column-steps.js";
import { readStatement } from "../src/search/sql/statements.js";

test("steps are statements that read the former one as a table", () => {
  const sql = 'SELECT "we""ird" FROM lrs -- all';
  const mean = averaged(sql, { name: 'we"ird', type: "FLOAT" });
  assert.equal(
    mean,
    'SELECT avg(CASE WHEN isfinite("we""ird") THEN "we""ird" END) AS "avg_we""ird",\n' +
      '  count(CASE WHEN isfinite("we""ird") THEN "we""ird" END) AS "values", count(*) - count(CASE WHEN isfinite("we""ird") THEN "we""ird" END) AS missing\n' +
      `FROM (\n${sql}\n)`,
  );
  assert.match(averaged(sql, { name: "n", type: "BIGINT" }), /^SELECT avg\("n"\) AS "avg_n"/);
  const round = rounded(mean, 'avg_we"ird', 2);
  assert.equal(round, `SELECT * REPLACE (round("avg_we""ird", 2) AS "avg_we""ird")\nFROM (\n${mean}\n)`);
  assert.equal(readStatement(round).sql, round);
});

test("decimals are those of the catalogue's column", () => {
  const columns = [{ name: "teff", decimals: 2 }, { name: "z", decimals: 6 }, { name: "n" }];
  assert.equal(decimalsOf("teff", columns), 2);
  assert.equal(decimalsOf("avg_teff", columns), 2);
  assert.equal(decimalsOf("avg(z)", columns), 6);
  assert.equal(decimalsOf("n", columns), 3);
  assert.equal(decimalsOf("other", columns), 3);
});
