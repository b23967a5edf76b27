import assert from "node:assert/strict";
import { test } from "node:test";
import { likelyPairs } from "../src/catalogue/beside.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { carriedNames, matchSql } from "../src/search/targets/match-sql.js";

/** @type {import("../src/search/columns.js").Form} */
const form = {
  name: "lrs",
  rows: 1,
  id: "obsid",
  position: { ra: "ra", dec: "dec" },
  columns: ["obsid", "ra", "dec", "separation", "mrs_ra"].map((name) => ({
    name,
    datatype: "double",
    missing: name === "ra" ? [-9999] : null,
  })),
};

test("the address of a match is read as it was written", () => {
  for (const query of [
    "catalogue=lrs&match_with=mrs",
    "catalogue=lrs&match_with=dr7/v2.0:lrs&match=nearest&match_radius=0.5&match_columns=obsid,%22a%2Cb%22&ra=1..2&limit=3",
  ]) {
    const { search, problems, asked } = readPermalink(`?${query}`, [form]);
    assert.deepEqual(problems, []);
    assert.ok(asked);
    assert.equal(search.list ?? null, null);
    assert.deepEqual(readPermalink(`?${writePermalink(search)}`, [form]).search, search);
  }
  const { search } = readPermalink("?match_radius=3&match=nearest&match_with=mrs", [form]);
  assert.deepEqual(search.match, {
    release: "",
    catalogue: "mrs",
    match: "nearest",
    radius: 3,
    columns: null,
  });
});

test("addresses of matches that cannot be are refused", () => {
  for (const [query, parameter] of [
    ["match_with=mrs&match_radius=3601", "match_radius"],
    ["match_with=mrs&match_radius=-1", "match_radius"],
    ["match_with=mrs&match=best", "match"],
    ["match_with=a:b:c", "match_with"],
    ["match_with=mrs&cone=1,2,3", "cone"],
    ["match_with=mrs&targets=1,2", "targets"],
    ["match_columns=a", "match_radius"],
  ]) {
    const { problems } = readPermalink(`?catalogue=lrs&${query}`, [form]);
    assert.deepEqual(
      problems.map((one) => one.parameter),
      [parameter],
      query,
    );
  }
});

test("carried columns have names of their own", () => {
  const columns = ["ra", "RA", "flux"].map((name) => ({ name, datatype: "double" }));
  const { apart, carried } = carriedNames("mrs", columns, form);
  assert.deepEqual(
    [apart, ...carried.map(({ name }) => name)],
    ["mrs_separation", "mrs_ra_2", "mrs_RA_3", "mrs_flux"],
  );
});

test("missing positions are NULL in a match, and a separation of the catalogue itself stays", () => {
  const { apart, carried } = carriedNames("mrs", [{ name: "flux", datatype: "double", missing: [-1] }], form);
  const sql = matchSql(
    { own: "lrs_raw", other: "mrs_raw", where: "TRUE" },
    { form, position: { ra: "ra", dec: "dec" }, read: ["obsid", "separation"], shown: ["obsid"] },
    { position: { ra: "x", dec: "y" }, columns: [], carried, apart },
    { match: "nearest", radius: 2 },
  );
  assert.match(sql, /CASE WHEN "ra" IN \(CAST\('-9999' AS DOUBLE\)\) THEN NULL ELSE "ra" END AS _own_ra/);
  assert.match(
    sql,
    /SELECT "obsid", "separation_1" AS "mrs_separation", "mrs_flux"\nFROM nearest\(_own, _other, 2,/,
  );
  assert.match(sql, /CASE WHEN "flux" IN \(CAST\('-1' AS DOUBLE\)\) THEN NULL ELSE "flux" END AS "mrs_flux"/);
});

test("the number of pairs is estimated from the density of tiles", () => {
  const whole = 12 * 4 ** 24;
  const tiles = (/** @type {number} */ n, /** @type {number} */ rows) =>
    Array.from({ length: n }, (_, i) => [0, 0, rows, (i * whole) / n, ((i + 1) * whole) / n - 1]);
  const meta = (/** @type {any} */ all) => /** @type {any} */ ({ partitions: [{ tiles: all }] });
  // 1e6 rows anywhere, each with 1e6 * (pi r^2 / sky) others around it
  const expected = (1e12 * Math.PI) / (4 * Math.PI * (180 / Math.PI) ** 2);
  const found = likelyPairs(meta(tiles(48, 1e6 / 48)), meta(tiles(192, 1e6 / 192)), 3600);
  assert.ok(Math.abs(found / expected - 1) < 1e-6, `${found} ${expected}`);
  assert.equal(likelyPairs(meta([[0, 0, 9, null, null]]), meta(tiles(3, 5)), 10), 0);
});
