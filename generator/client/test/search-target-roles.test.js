import assert from "node:assert/strict";
import { test } from "node:test";
import { columnRole, rankOf } from "../src/search/targets/column-roles.js";
import { guessRoles } from "../src/search/targets/roles.js";
import { redshiftOf } from "../src/spectrum/facts.js";

const columns = (/** @type {string} */ text) =>
  text.split(" ").map((one) => {
    const [said, ucd = ""] = one.split("|");
    const [name, unit = ""] = said.split("/");
    return { name, unit, ucd, kind: "real", values: new Float64Array(1), text: () => "" };
  });

test("units and UCDs of a list's columns outweigh their names", () => {
  for (const [text, ra, dec] of /** @type {const} */ ([
    ["ra dec", 0, 1],
    ["ra/hour dec/deg", 0, 1], // converted
    ["ra/kpc dec/kpc", -1, -1],
    ["ra|pos.galactic.lon dec|pos.galactic.lat", 0, 1], // galactic,
    ["ra|pos.eq.ra dec|pos.eq.dec a|pos.eq.ra;meta.main d|pos.eq.dec;meta.main", 2, 3],
    ["ra dec a|pos.eq.ra d|pos.eq.dec", 2, 3],
    ["ra|pos.eq.ra;stat.error dec|pos.eq.dec;stat.error ra_obs dec_obs", 2, 3],
    ["ra/mag dec/deg ra_deg dec_deg", 2, 1],
  ])) {
    const form = { columns: [], position: { ra: "ra", dec: "dec" }, id: null };
    const found = guessRoles(
      /** @type {any} */ ({ named: true, columns: columns(text) }),
      /** @type {any} */ (form),
    );
    assert.deepEqual([found.ra, found.dec], [ra, dec], text);
  }
  const [radius] = columns("radius/arcsec|phys.angSize");
  assert.equal(columnRole(radius), "radius");
  assert.equal(columnRole({ ...radius, unit: "kpc" }), null);
  assert.deepEqual(columns("a|pos.eq.ra;meta.main b|pos.eq.ra ra").map(rankOf), [0, 1, 2]);
});

test("the redshift of a row has no unit", () => {
  const row = (/** @type {string} */ text, /** @type {number[]} */ ...values) => {
    const own = columns(text);
    return /** @type {any} */ ({
      columns: own.map((column) => ({ ...column, missing: [] })),
      values: new Map(own.map(({ name }, i) => [name, values[i]])),
    });
  };
  assert.equal(redshiftOf(row("z", 0.5)), 0.5);
  assert.equal(redshiftOf(row("z/kpc", 0.5)), null);
  assert.equal(redshiftOf(row("z|pos.cartesian.z", 0.5)), null);
  assert.equal(redshiftOf(row("z/mag redshift|src.redshift", 15.5, 0.25)), 0.25);
  assert.equal(redshiftOf(row("z redshift", 15.5, 0.25)), 0.25);
});
