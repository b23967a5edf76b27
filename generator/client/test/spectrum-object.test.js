import assert from "node:assert/strict";
import { test } from "node:test";
import { separation } from "../src/catalogue/rows.js";
import { COLUMNS, thumbOf } from "../src/spectrum/gallery/thumb.js";
import { addressOf, readAsked } from "../src/spectrum/object/asked-object.js";
import { idsFor } from "../src/spectrum/object/find-object.js";
import { curvesOf, panelsOf, sceneOf } from "../src/spectrum/object/overlay.js";
import { summarize } from "../src/spectrum/object/spectrum-summary.js";

const columns = ["designation", "obsid"];

test("the address names the object, and mistakes in it are reported", () => {
  const read = (/** @type {string} */ search) => readAsked(search, columns);
  assert.equal(read("?theme=dark&list=a:1,2&back=x"), null);
  assert.deepEqual(read("?designation=J000000.00+010203.4&radius=5"), {
    ...{ column: "designation", value: "J000000.00+010203.4", position: null, radius: 5, set: null },
  });
  assert.equal(read("?OBSID=12&set=mrs")?.column, "obsid");
  assert.deepEqual(read("?position=10.5,-20")?.position, { ra: 10.5, dec: -20 });
  assert.deepEqual(read("?position=10:00:24 %2B02:12:00")?.position, { ra: 150.1, dec: 2.2 });
  assert.equal(read("?position=10.5,-20,5'")?.radius, 300);
  assert.equal(read("?position=10.5,-20&radius=2'")?.radius, 120);
  assert.throws(() => read("?position=M31"), /is neither a position nor a name/);
  for (const search of ["?designation=J1%2B1", "?position=10.5,-20&radius=60", "?obsid=%3Cb%3E%26%23"]) {
    const asked = /** @type {any} */ (read(search));
    assert.deepEqual(read(`?${addressOf(asked).split("?")[1]}`), asked);
  }
  for (const [search, parameter] of [
    ["?uid=1", "uid"],
    ["?obsid=1&designation=2", "obsid"],
    ["?obsid=", "obsid"],
    ["?obsid=1&obsid=2", "obsid"],
    ["?position=north", "position"],
    ["?position=1,2&radius=601", "radius"],
    ["?position=1,2&radius=x", ""],
  ])
    assert.throws(() => read(search), { name: "Refused", parameter });
});

test("a text stands for every id that it may mean, except those that mean missing", () => {
  const column = (
    /** @type {string} */ name,
    /** @type {string} */ datatype,
    missing = /** @type {any[]} */ ([]),
  ) => /** @type {any} */ ({ name, datatype, missing });
  assert.deepEqual(idsFor(column("obsid", "long"), "9223372036854775807"), [2n ** 63n - 1n]);
  assert.deepEqual(idsFor(column("obsid", "long"), "1.5"), []);
  assert.deepEqual(idsFor(column("obsid", "long", [-9999]), "-9999"), []);
  assert.deepEqual(idsFor(column("uid", "string"), "G1"), ["G1"]);
  assert.deepEqual(idsFor(column("designation", "string"), "LAMOST J1+2"), [
    "LAMOST J1+2",
    "J1+2",
    "SDSS J1+2",
    "2MASS J1+2",
  ]);
  assert.deepEqual(idsFor(column("gaia_source_id", "long"), "Gaia DR3 4295806720"), [4295806720n]);
});

test("separations are exact for small and large angles", () => {
  assert.ok(Math.abs(separation(10, 89.9999, 190, 89.9999) - 0.72) < 1e-9);
  assert.ok(Math.abs(separation(0, 0, 360 - 1e-7, 0) - 3.6e-4) < 1e-9);
  assert.ok(Math.abs(separation(0, -90, 77, 90) - 180 * 3600) < 1e-6);
  assert.equal(separation(5, 5, 5, 5), 0);
});

/**
 * @param {string} arm @param {number} first wavelength @param {number[]} flux
 * @returns {any}
 */
const part = (arm, first, flux, down = false) => {
  const turn = (/** @type {any} */ array) => (down ? array.reverse() : array);
  return {
    ...{ arm, kind: "coadd", exposure: "", scale: "linear", facts: {}, masks: {} },
    wavelength: turn(Float64Array.from(flux, (_, i) => first + i)),
    flux: turn(Float32Array.from(flux)),
    values: { ivar: turn(Float32Array.from(flux, (v) => (v === 99 ? 0 : 1))) },
  };
};
const set = { about: { wavelength_unit: "Angstrom" } };
const spectrum = (/** @type {any[]} */ ...parts) => /** @type {any} */ ({ id: 1n, set, facts: {}, parts });

test("spectra of one object are drawn over one another, separate arms in panels of their own", () => {
  const low = Array.from({ length: 50 }, (_, i) => 10 + (i % 2));
  const one = spectrum(part("B", 4000, low), part("R", 6000, [...low, 99], true));
  const two = spectrum(
    part(
      "B",
      4010,
      low.map((v) => v * 100),
    ),
  );
  const curves = curvesOf([one, two], ["2018", "2019"]);
  const panels = panelsOf(curves);
  assert.deepEqual(
    panels.map((own) => own.map(({ of, arm }) => `${of}${arm}`)),
    [["0B", "1B"], ["0R"]],
  );
  assert.ok(Number.isNaN(curves[1].ys[50]) && curves[1].xs[0] === 6000); // descending, and without weight
  const titles = { across: "", up: "" };
  const scene = sceneOf(panels[0], { scaled: true, apart: false }, null, null, titles);
  assert.deepEqual(scene.whole, [4000, 4059]);
  assert.ok(scene.curves.every(({ ys }) => Array.from(ys).every((y) => y > 0.9 && y < 1.1)));
  assert.ok(scene.y[0] > 0.9 && scene.y[1] < 1.12);
  const apart = sceneOf(panels[0], { scaled: true, apart: true }, null, null, titles);
  assert.ok(Math.min(...Array.from(apart.curves[0].ys)) > Math.min(...Array.from(apart.curves[1].ys)));
  const raw = sceneOf(panels[0], { scaled: false, apart: false }, [4000, 4009], [0, 5], titles);
  assert.deepEqual([raw.y, raw.fixed, raw.x], [[0, 5], true, [4000, 4009]]);
});

test("a small picture keeps the extremes of every column", () => {
  const flux = Array.from({ length: 5000 }, (_, i) => (i === 2500 ? 1000 : Math.sin(i)));
  const { panes } = thumbOf(spectrum(part("", 4000, flux)));
  assert.equal(panes.length, 1);
  assert.equal(panes[0].low.length, COLUMNS);
  assert.equal(Math.max(...panes[0].high), 1000);
  assert.ok(panes[0].y[1] < 2); // one pixel does not set the scale
  assert.ok(panes[0].low.every((low, k) => low <= panes[0].high[k]));
  assert.equal(thumbOf(spectrum(part("B", 4000, [1, 2]), part("R", 6000, [3, 4]))).panes.length, 2);
  assert.deepEqual(thumbOf(spectrum()).panes, []);
  assert.deepEqual(thumbOf(spectrum(part("", 4000, [NaN, NaN]))).panes[0].y, [0, 1]);
});

test("a spectrum is described by its header, otherwise by its row; missing values are left out", () => {
  const facts = {
    date: "2018-05-29T17:41:00",
    mjd: 58267,
    class: "STAR",
    subclass: "Non",
    z: -9999,
    snr: { g: 30.4 },
  };
  const summary = summarize(/** @type {any} */ ({ facts, parts: [] }), null, {});
  assert.deepEqual(summary, { day: 58267, date: "2018-05-29", kind: "STAR", snr: "g 30", speed: "" });
  const names = ["lmjd", "cls", "z", "rv", "snr"];
  const row = /** @type {any} */ ({
    columns: names.map((name) => ({ name, missing: [-9999] })),
    values: new Map(Object.entries({ lmjd: 51544, cls: "QSO", z: 2.5, rv: -9999, snr: 4.25 })),
  });
  const own = { night: "lmjd", class: "cls", redshift: "z", snr: ["snr"] };
  assert.deepEqual(summarize(/** @type {any} */ ({ facts: {}, parts: [] }), row, own), {
    ...{ day: 51544, date: "2000-01-01", kind: "QSO", snr: "4.3", speed: "z 2.50000" },
  });
  assert.equal(summarize(/** @type {any} */ ({ facts: {}, parts: [] }), null, {}).day, Infinity);
});
