import assert from "node:assert/strict";
import { test } from "node:test";
import { barOf, columnsOf, neighbours, seenFrom, yearsOf } from "../src/spectrum/object/around.js";
import { counterparts } from "../src/spectrum/object/matched-rows.js";

/** @param {Record<string, any>} values */
const row = (values, catalogue = "lrs") => ({
  catalogue,
  values: new Map(Object.entries(values)),
  columns: Object.keys(values).map((name) => ({ name, missing: name === "g" ? [-9999] : [] })),
});
const match = {
  name: "gaia",
  title: "Gaia",
  columns: {
    names: ["gaia_separation", "gaia_ra", "gaia_dec", "gaia_id"],
    separation: "gaia_separation",
    matches: null,
    position: ["gaia_ra", "gaia_dec"],
    motion: null,
  },
  magnitude: null,
};
/** @type {any} */
const facts = {
  roles: { ra: "ra", dec: "dec", id: "obsid", designation: null },
  indexed: ["obsid"],
  motion: ["pmra", "pmdec"],
  magnitude: "g",
  matches: [match],
};
const placeOf = (/** @type {any} */ { values }) => ({ ra: values.get("ra"), dec: values.get("dec") });

test("separations and position angles are those of astropy", () => {
  // SkyCoord(10, 60).separation and .position_angle, astropy 8.0.
  for (const [ra, dec, apart, angle] of [
    [10.01, 60.002, 19.38608805867778, 68.19366311660474],
    [9.99, 59.998, 19.387098500918928, 248.20351788857744],
    [10, 60.01, 36, 0],
    [10, 59.99, 36, 180],
  ]) {
    const seen = seenFrom({ ra: 10, dec: 60 }, { ra, dec });
    assert.ok(Math.abs(seen.apart - apart) < 1e-6, `${seen.apart} ${apart}`);
    assert.ok(Math.abs(Number(seen.angle) - angle) < 1e-6, `${seen.angle} ${angle}`);
  }
  assert.equal(seenFrom({ ra: 10, dec: 60 }, { ra: 10, dec: 60 }).angle, null);
});

test("east is where right ascension grows, also over 0 h and at the pole", () => {
  const over = seenFrom({ ra: 359.999, dec: 0 }, { ra: 0.001, dec: 0 });
  assert.ok(Math.abs(over.east - 7.2) < 1e-6 && Math.abs(over.north) < 1e-6);
  const pole = seenFrom({ ra: 0, dec: 89.999 }, { ra: 180, dec: 89.999 });
  assert.ok(Math.abs(pole.apart - 7.2) < 1e-6 && Math.abs(pole.north - 7.2) < 1e-6);
});

test("rows at one place are one, and a matched object is where its columns say", () => {
  const rows = [
    row({
      obsid: 1n,
      ra: 10,
      dec: 0,
      g: 15.2,
      pmra: 3,
      pmdec: -4,
      gaia_separation: 0.36,
      gaia_ra: 10.0001,
      gaia_dec: 0,
    }),
    row({
      obsid: 2n,
      ra: 10,
      dec: 0,
      g: 15.2,
      pmra: 3,
      pmdec: -4,
      gaia_separation: 0.36,
      gaia_ra: 10.0001,
      gaia_dec: 0,
    }),
    row({
      obsid: 3n,
      ra: 10.01,
      dec: 0,
      g: -9999,
      pmra: null,
      pmdec: 1,
      gaia_separation: null,
      gaia_ra: null,
      gaia_dec: null,
    }),
  ];
  const found = neighbours(/** @type {any} */ (rows), { lrs: facts }, placeOf, { ra: 10, dec: 0 });
  assert.deepEqual(
    found.map((one) => [
      one.id.value,
      one.match?.name ?? null,
      one.rows,
      Number(one.apart.toFixed(3)),
      one.magnitude,
    ]),
    [
      ["1", null, 2, 0, 15.2],
      ["1", "gaia", 2, 0.36, null],
      ["3", null, 1, 36, null],
    ],
  );
  assert.deepEqual(found[0].motion, { east: 3, north: -4 });
  assert.equal(found[2].motion, null);
  assert.equal(found[1].angle, 90);
});

test("without a carried position a matched object is on a circle", () => {
  const bare = { ...facts, matches: [{ ...match, columns: { ...match.columns, position: null } }] };
  const rows = [row({ obsid: 1n, ra: 10, dec: 0, gaia_separation: 0.36 })];
  const [, other] = neighbours(/** @type {any} */ (rows), { lrs: bare }, placeOf, { ra: 10, dec: 0 });
  assert.equal(other.ring, 0.36);
  assert.equal(other.apart, 0.36);
  assert.equal(other.angle, null);
});

test("only columns that the chart needs are read", () => {
  assert.deepEqual(columnsOf(facts), [
    ...["ra", "dec", "obsid", "pmra", "pmdec", "g"],
    ...["gaia_separation", "gaia_ra", "gaia_dec"],
  ]);
});

test("the scale bar and the years of the arrows fit into the field", () => {
  assert.deepEqual([30, 60, 300].map(barOf), [10, 30, 120]);
  const moving = (/** @type {number} */ east) => /** @type {any} */ ([{ motion: { east, north: 0 } }]);
  assert.equal(yearsOf(moving(100), 60), 200);
  assert.equal(yearsOf(moving(0.001), 60), 10000);
  assert.equal(yearsOf([{ ...moving(1)[0], motion: null }], 60), null);
});

test("rows with the same carried values have one counterpart; ids are compared exactly", () => {
  const rows = [
    row({ obsid: 1n, gaia_separation: 0.1, gaia_ra: 1, gaia_dec: 2, gaia_id: 2n ** 60n }),
    row({ obsid: 2n, gaia_separation: 0.2, gaia_ra: 1, gaia_dec: 2, gaia_id: 2n ** 60n }),
    row({ obsid: 3n, gaia_separation: 0.3, gaia_ra: 1, gaia_dec: 2, gaia_id: 2n ** 60n + 1n }),
    row({ obsid: 4n, gaia_separation: null, gaia_ra: null, gaia_dec: null, gaia_id: null }),
  ];
  const found = counterparts(/** @type {any} */ (rows), /** @type {any} */ (match));
  assert.deepEqual(
    found.map((one) => one.rows.map(({ values }) => values.get("obsid"))),
    [[1n, 2n], [3n]],
  );
});
