import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ang2pix_nest } from "@hscmap/healpix";
import { besideRuns } from "../src/catalogue/beside.js";
import { placeInFace } from "../src/catalogue/match.js";
import { macrosOf } from "../src/results/recipes/one-statement.js";
import { translate } from "../src/search/sql/dialects.js";
import { macrosIn, skyFile } from "../src/search/sql/macros.js";
import { nearCalls } from "../src/search/sql/near-calls.js";

const DEGREE = Math.PI / 180;
const known = {
  catalogues: ["lrs", "odd"],
  columns: ["ra", "dec"],
  positions: { lrs: { ra: "ra", dec: "dec" }, odd: { ra: "RA deg", dec: "order" } },
};

test("the file for other programs has the functions of the page", async () => {
  const file = await readFile(new URL("../../metadata/sky.sql", import.meta.url), "utf8");
  assert.equal(file, skyFile(), "run npm run sky");
});

test("columns of positions are named where they are not called ra and dec", () => {
  const same = [
    "SELECT * FROM near(lrs, lrs, 1.5)",
    "FROM nearest(x, lrs, 1, a, b, c, d)",
    "SELECT 'near(odd, lrs, 1)', a.near(odd, lrs, 1) FROM lrs -- near(odd, lrs, 1)",
    "SELECT near FROM lrs",
  ];
  for (const sql of same) assert.equal(translate(sql, known), sql);
  assert.equal(
    translate('FROM near(lrs, "ODD", 2), nearest( odd ,x,2)', known),
    'FROM near(lrs, "ODD", 2, ra, dec, "RA deg", "order"), nearest( odd ,x,2, "RA deg", "order", ra, dec)',
  );
});

test("calls count only where they read all that the statement reads", () => {
  const tables = ["lrs", "lrs_raw", "odd", "odd_raw"];
  const found = (/** @type {string} */ sql) => nearCalls(sql, tables);
  assert.deepEqual(found("SELECT count(*) FROM near(LRS, odd, 2.5) WHERE ra > 1"), [
    { a: "lrs", b: "odd", radius: 2.5 },
  ]);
  assert.deepEqual(found("FROM near(lrs, odd, 1 + 1)"), [{ a: "lrs", b: "odd", radius: null }]);
  for (const sql of [
    "FROM near(lrs, odd, 1) JOIN odd USING (id)",
    "WITH x AS (FROM lrs) FROM near(x, odd, 1)",
    "FROM near(lrs, odd, 1), query_table('o' || 'dd')",
    "FROM near('odd', 'lrs', 9) WHERE EXISTS (FROM near(lrs, odd, 1))",
  ])
    assert.deepEqual(found(sql), [], sql);
});

test("recipes have the functions that a statement calls, in the order in which they can be created", () => {
  const macros = macrosIn(new Set(["nearest", "separation", "lrs"]));
  const names = (/** @type {string[]} */ all) => all.map((one) => /MACRO (\w+)/.exec(one)?.[1]);
  assert.deepEqual(names(macrosOf({ sql: "FROM nearest(lrs, odd, 1)", macros, catalogues: [] })), [
    "_near_pairs",
    "nearest",
  ]);
  assert.deepEqual(names(macrosOf({ sql: "SELECT 'x'", macros, catalogues: [] })), []);
});

/** The pixel of order 24 of a place. @param {number} ra @param {number} dec */
function pixel(ra, dec) {
  const { face, x, y } = placeInFace(24, ra, dec);
  let within = 0;
  for (let bit = 0; bit < 24; bit++)
    within += ((Math.floor(x / 2 ** bit) & 1) + 2 * (Math.floor(y / 2 ** bit) & 1)) * 4 ** bit;
  return face * 4 ** 24 + within;
}

/** Corners of faces, where three or four of them meet, and places on their edges. */
const PLACES = [
  ...[90, -90].map((dec) => [0, dec]),
  ...[0, 45, 90, 135, 180, 270].flatMap((ra) => [-41.8103, 0, 41.8103].map((dec) => [ra, dec])),
  ...[0, 90, 180, 270].flatMap((ra) => [60, -75, 89.9].map((dec) => [ra, dec])),
  ...[22.5, 67.5, 112.5, 337.5].flatMap((ra) => [19.4712, -19.4712].map((dec) => [ra, dec])),
];

test("pixels beside tiles have every position within the radius of a row", () => {
  let seed = 7;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (const radius of [0.5, 60, 1000, 3600])
    for (const [ra0, dec0] of PLACES)
      for (let i = 0; i < 40; i++) {
        const near = (/** @type {number} */ ra, /** @type {number} */ dec, /** @type {number} */ away) => {
          const [angle, r] = [2 * Math.PI * random(), (away / 3600) * DEGREE];
          const d = dec * DEGREE;
          const z = Math.sin(d) * Math.cos(r) + Math.cos(d) * Math.sin(r) * Math.cos(angle);
          const x = Math.cos(r) * Math.cos(d) - Math.sin(r) * Math.sin(d) * Math.cos(angle);
          const y = Math.sin(r) * Math.sin(angle);
          const turned = (ra + Math.atan2(y, x) / DEGREE + 720) % 360;
          return /** @type {[number, number]} */ ([turned, Math.atan2(z, Math.hypot(x, y)) / DEGREE]);
        };
        const row = near(ra0, dec0, 2 * radius * random());
        const other = near(...row, radius * random());
        const at = pixel(...row);
        const tile = [0, 0, 1, at - 50 * random(), at + 50 * random()].map(Math.floor);
        const meta = /** @type {any} */ ({ partitions: [{ tiles: [tile] }] });
        const found = besideRuns(meta, [{ partition: 0, first: 0, last: 0 }], radius) ?? [];
        const wanted = pixel(...other);
        assert.ok(
          found.some(([low, high]) => low <= wanted && wanted <= high),
          `${radius} ${row} ${other}`,
        );
        assert.equal(
          Math.floor(at / 4 ** 14),
          ang2pix_nest(2 ** 10, Math.PI / 2 - row[1] * DEGREE, row[0] * DEGREE),
        );
      }
});

test("pixels beside tiles are few, and everywhere where tiles have no positions", () => {
  const at = pixel(10, 20);
  const meta = /** @type {any} */ ({
    partitions: [
      {
        tiles: [
          [0, 0, 1, at, at],
          [0, 0, 1, null, null],
        ],
      },
    ],
  });
  const found = besideRuns(meta, [{ partition: 0, first: 0, last: 0 }], 1) ?? [];
  assert.equal(
    found.reduce((sum, [low, high]) => sum + high - low + 1, 0),
    9 * 4 ** 16,
  );
  assert.equal(besideRuns(meta, [{ partition: 0, first: 0, last: 1 }], 1), null);
});
