import assert from "node:assert/strict";
import { test } from "node:test";
import { mayMatch } from "../src/reading/footers.js";
import { emptySelect, relation } from "../src/reading/relation.js";
import { countTiles, runsOf, tileRanges } from "../src/reading/tiles.js";

/** @type {any} */
const meta = {
  name: "lrs",
  rows: 60,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  bytes: 700,
  chunks: [],
  columns: [
    { name: "obsid", datatype: "long", arraysize: null },
    { name: 'a"b', datatype: "double", arraysize: "3" },
    { name: "class", datatype: "string", arraysize: "*" },
  ],
  partitions: [
    {
      path: "dataset/Norder=0/Dir=0/Npix=0.parquet",
      size: 400,
      rows: 40,
      footer: 304,
      tiles: [
        [4, 100, 20, 0, 99],
        [104, 100, 10, 100, 199],
        [204, 100, 10, 199, 300],
      ],
    },
    {
      path: "dataset/Norder=0/Dir=0/Npix=1.parquet",
      size: 300,
      rows: 20,
      footer: 204,
      tiles: [
        [4, 100, 10, 1000, 1999],
        [104, 100, 10, 3000, 3999],
      ],
    },
  ],
};
const address = (/** @type {string} */ path) => `x:/${path}`;

test("runs are the tiles that a cover touches", () => {
  assert.deepEqual(runsOf(meta, [[50, 60]]), [{ partition: 0, first: 0, last: 0 }]);
  assert.deepEqual(runsOf(meta, [[400, 900]]), []);
  assert.deepEqual(
    runsOf(meta, [
      [1999, 1999],
      [3999, 5000],
    ]),
    [{ partition: 1, first: 0, last: 1 }],
  );
  assert.equal(countTiles(runsOf(meta, null)), 5);
});

test("a tile that shares its last pixel with the next includes it", () => {
  assert.deepEqual(runsOf(meta, [[150, 150]]), [{ partition: 0, first: 1, last: 2 }]);
});

test("a relation reads the runs only", () => {
  const sql = relation(
    meta,
    runsOf(meta, [
      [50, 60],
      [3500, 3500],
    ]),
    address,
  );
  assert.equal(
    sql,
    "(SELECT * EXCLUDE (_healpix_29) FROM read_parquet(['x:/dataset/Norder=0/Dir=0/Npix=0.parquet'], hive_partitioning = false) WHERE _healpix_29 BETWEEN 0 AND 102399" +
      " UNION ALL SELECT * EXCLUDE (_healpix_29) FROM read_parquet(['x:/dataset/Norder=0/Dir=0/Npix=1.parquet'], hive_partitioning = false) WHERE _healpix_29 BETWEEN 3072000 AND 4095999)",
  );
  assert.ok(!relation(meta, runsOf(meta, null), address).includes("WHERE"));
  assert.deepEqual(
    tileRanges(meta, runsOf(meta, [[3500, 3500]]), (p) => p),
    [{ path: meta.partitions[1].path, offset: 104, length: 100 }],
  );
});

test("no tiles give a typed relation without rows", () => {
  assert.equal(relation(meta, [], address), `(${emptySelect(meta)})`);
  assert.equal(
    emptySelect(meta),
    'SELECT NULL::BIGINT AS "obsid", NULL::DOUBLE[] AS "a""b", NULL::VARCHAR AS "class" WHERE false',
  );
});

test("many runs are joined until they fit into a statement", () => {
  const tiles = Array.from({ length: 1000 }, (_, i) => [i * 10, 10, 5, i * 10, i * 10 + 9]);
  const wide = { ...meta, partitions: [{ path: "p", size: 10100, rows: 5000, footer: 10000, tiles }] };
  const runs = runsOf(
    wide,
    Array.from({ length: 500 }, (_, i) => /** @type {[number, number]} */ ([i * 20, i * 20])),
  );
  assert.ok(runs.length <= 48);
  assert.ok(runs[0].first === 0 && /** @type {any} */ (runs.at(-1)).last === 998);
});

test("statistics rule out only tiles that cannot match", () => {
  const group = new Map([
    ["id", { offset: 0, length: 1, min: 10n, max: 20n, nulls: 0 }],
    ["class", { offset: 0, length: 1, min: "GALAXY", max: "STAR", nulls: 0 }],
    ["name", { offset: 0, length: 1, min: "ä", max: "ö", nulls: 0 }],
    ["day", { offset: 0, length: 1, min: new Date(0), max: new Date(1), nulls: 0 }],
    ["empty", { offset: 0, length: 1, min: undefined, max: undefined, nulls: 5 }],
  ]);
  const may = (/** @type {any[]} */ ...where) => mayMatch(group, where);
  assert.ok(
    may({ column: "id", low: 20 }) &&
      may({ column: "id", high: 10n }) &&
      may({ column: "id", values: [1, 15] }),
  );
  assert.ok(
    !may({ column: "id", low: 20.5 }) &&
      !may({ column: "id", high: 9 }) &&
      !may({ column: "id", values: [1n, 21] }),
  );
  assert.ok(!may({ column: "class", values: ["UNKNOWN"] }) && may({ column: "class", values: ["QSO"] }));
  assert.ok(
    may({ column: "name", low: "z" }) &&
      may({ column: "day", low: 5 }) &&
      may({ column: "other", low: 5 }) &&
      may({ column: "empty", low: 5 }),
  );
  assert.ok(!may({ column: "class", values: ["QSO"] }, { column: "id", low: 30 }));
});
