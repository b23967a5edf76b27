import assert from "node:assert/strict";
import { test } from "node:test";
import { observationsOf } from "../src/spectrum/object/observations.js";
import {
  dateTicks,
  errorColumn,
  firstQuantity,
  quantities,
  seriesOf,
  summaryOf,
} from "../src/spectrum/object/series.js";

const column = (/** @type {string} */ name, /** @type {any} */ more = {}) => ({
  ...{
    name,
    datatype: "double",
    arraysize: null,
    unit: null,
    ucd: null,
    description: null,
    missing: [-9999],
  },
  ...more,
});
const COLUMNS = [
  column("obsid", { datatype: "long" }),
  column("lmjd", { datatype: "int" }),
  column("rv", { unit: "km/s" }),
  column("rv_err", { unit: "km/s" }),
  column("teff"),
  column("class", { datatype: "string" }),
];
const row = (/** @type {string} */ catalogue, /** @type {any} */ values) => ({
  row: { catalogue, columns: COLUMNS, values: new Map(Object.entries(values)) },
  apart: 0.1,
});
const objects = /** @type {any} */ ({
  a: { roles: { id: "obsid", night: "lmjd", class: "class", snr: [] } },
  b: { roles: { id: "obsid", night: "lmjd", snr: [] } },
});
const spectrum = (/** @type {any} */ found, /** @type {bigint} */ id, /** @type {string[]} */ arms) => ({
  set: { name: "s", id: "obsid", title: "S" },
  spectrum: { id, facts: {}, parts: arms.map((arm) => ({ arm })) },
  row: found?.row ?? null,
  summary: { day: found ? found.row.values.get("lmjd") : 58300, date: "", kind: "", snr: "", speed: "" },
});

test("observations are rows with their spectra, and spectra without a row, by date", () => {
  const first = row("a", { obsid: 12n, lmjd: 58200, rv: 1, rv_err: 0.1 });
  const second = row("a", { obsid: 9n, lmjd: 58100, rv: 3, rv_err: -9999 });
  const same = row("b", { obsid: 12n, lmjd: -9999, rv: 1.5, rv_err: 0.2, teff: 5000 });
  const spectra = /** @type {any} */ ([spectrum(first, 12n, ["R", "B"]), spectrum(null, 7n, [])]);
  const found = observationsOf(/** @type {any} */ ([first, second, same]), spectra, objects);
  assert.deepEqual(
    found.map(({ id, catalogue, arm, of, summary }) => [id, catalogue, arm, of, summary.day]),
    [
      ["9", "a", "", null, 58100],
      ["12", "a", "B R", 0, 58200],
      ["12", "b", "", null, 58200], // dated by its spectrum, which it links to
      ["7", "", "", 1, 58300],
    ],
  );
  assert.equal(found[2].spectrum, spectra[0]);
  const all = quantities(found, objects);
  assert.deepEqual(
    all.map(({ name, unit, epochs }) => [name, unit, epochs]),
    [
      ["rv", "km/s", 2],
      ["rv_err", "km/s", 1],
      ["teff", "", 1],
    ],
  );
  assert.equal(firstQuantity(all)?.name, "rv");
  const { points, errors, without } = seriesOf(found, all[0]);
  assert.deepEqual(
    points.map(({ day, value, error, catalogue }) => [day, value, error, catalogue]),
    [
      [58100, 3, null, "a"],
      [58200, 1, 0.1, "a"],
      [58200, 1.5, 0.2, "b"],
    ],
  );
  assert.deepEqual([errors, without], [["rv_err"], 0]);
  const { epochs, days, mean, deviation } = summaryOf(points);
  assert.deepEqual([epochs, days], [2, 100]);
  assert.ok(Math.abs(mean - 5.5 / 3) < 1e-12 && Math.abs(deviation - 1.0408329997) < 1e-9);
  assert.equal(seriesOf(found, all[2]).without, 2);
});

test("errors are found by name or by a UCD that is meant for one column", () => {
  const by = (/** @type {any[]} */ columns, /** @type {string} */ name) => errorColumn(columns, name);
  assert.equal(by([column("teff"), column("TEFF_ERR")], "teff"), "TEFF_ERR");
  assert.equal(by([column("pmra"), column("e_pmra")], "pmra"), "e_pmra");
  assert.equal(by([column("rv", { unit: "km/s" }), column("rv_err")], "rv"), null); // of another unit
  const z = [column("z", { ucd: "src.redshift" }), column("dz", { ucd: "stat.error;src.redshift" })];
  assert.equal(by(z, "z"), "dz");
  assert.equal(by([...z, column("z2", { ucd: "src.redshift" })], "z"), null);
  assert.equal(by(z, "dz"), null);
});

test("ticks are at round dates", () => {
  const texts = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ n) =>
    dateTicks(low, high, n).map(({ text }) => text);
  assert.deepEqual(texts(57000, 58500, 5), ["2015", "2016", "2017", "2018", "2019"]);
  assert.deepEqual(texts(58119, 58299, 8), [
    "2018-01",
    "2018-02",
    "2018-03",
    "2018-04",
    "2018-05",
    "2018-06",
  ]);
  assert.deepEqual(texts(58119.2, 58122.1, 4), ["2018-01-02", "2018-01-03", "2018-01-04"]);
  assert.equal(dateTicks(58119, 58119.5, 4).length, 1);
});
