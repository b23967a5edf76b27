import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf, readOwn, spread, usualLists, writeOwn } from "../src/spectrum/numbers/lines.js";
import { bitName, bitsOf, countBits, runs } from "../src/spectrum/numbers/masks.js";
import { lookOfTrace, scenesOf } from "../src/spectrum/viewer/scenes.js";
import { measuredTable } from "../src/spectrum/viewer/measured-table.js";
import { changed, limitText, readState, usual, writeState } from "../src/spectrum/viewer/state.js";
import { exponentOf, numberText, tickText, ticks } from "../src/spectrum/numbers/ticks.js";
import { Traces } from "../src/spectrum/viewer/traces.js";
import { pixelsOf } from "../src/spectrum/numbers/pixels.js";
import { Axis } from "../src/spectrum/numbers/wavelengths.js";

const KNOWN = { layers: ["error", "sky", "and_mask"], parts: ["B", "R", "B-84420148"], lists: ["stellar"] };
/** @type {import("../src/spectrum/numbers/wavelengths.js").Showing[]} */
const SHOWINGS = [
  { medium: "vacuum", frame: "observed", unit: "A", z: 0.21 },
  { medium: "vacuum", frame: "rest", unit: "nm", z: 0.21 },
  { medium: "air", frame: "observed", unit: "nm", z: 0.21 },
  { medium: "air", frame: "rest", unit: "A", z: 0.21 },
];

/** @param {string} query */
const read = (query) => readState(new URLSearchParams(query), KNOWN, "obsid");

test("a view read from an address is written back the same", () => {
  for (const showing of SHOWINGS) {
    const axis = new Axis("vacuum", showing);
    const state = {
      ...usual(),
      ...showing,
      show: ["error"],
      parts: ["B", "B-84420148"],
      arms: "together",
      smooth: { kind: "gaussian", width: 2.5, unit: "px", weighted: true },
      alone: true,
      scale: "at",
      at: 5500,
      continuum: { window: 200, low: 2, high: 4 },
      lines: [],
      own: [{ name: "Hα: a+b", wavelength: 6564.61 }],
      template: "G5 <b>",
      x: [null, [6500, 6600]],
      y: [[-1.5e-7, 2e9]],
      measure: [[6555, 6575]],
    };
    const query = writeState(/** @type {any} */ (state), axis);
    const { state: got, refused } = read(`obsid=1&${query}`);
    assert.deepEqual(refused, []);
    const back = changed(got, (w) => axis.toVacuum(w));
    const near = (/** @type {any} */ a, /** @type {any} */ b) =>
      assert.ok(Math.abs(a - b) < 0.02, `${a} is not ${b}: ${query}`);
    near(back.at, 5500);
    near(back.x[1]?.[0], 6500);
    near(back.measure[0][1], 6575);
    assert.deepEqual({ ...got, at: 0, x: 0, measure: 0 }, { ...state, at: 0, x: 0, measure: 0 });
    assert.equal(writeState(back, axis), query);
  }
  assert.equal(writeState(usual(), new Axis("vacuum", SHOWINGS[0])), "");
  const { state } = read("rv=-150");
  assert.ok(state.velocity && Math.abs(Number(state.z) + 150 / 299792.458) < 1e-15);
});

test("invalid parameters in an address are refused one by one, and the others are kept", () => {
  const hostile = "<img src=x onerror=alert(1)>".repeat(50);
  const { state, refused } = read(
    new URLSearchParams([
      ...["z", "rv", "x", "y", "measure", "smooth", "scale", "continuum", "frame", "unit", "medium"].map(
        (key) => [key, hostile],
      ),
      ...["lines", "parts", "show", "arms", "own", "nothing", "__proto__", "constructor"].map((key) => [
        key,
        hostile,
      ]),
      ["template", "a\nb"],
      ["obsid", "1"],
      ["theme", "dark"],
    ]).toString(),
  );
  assert.deepEqual(state, usual());
  assert.equal(refused.length, 20);
  assert.ok(refused.every((line) => line.length < 250 && !line.includes("\n")));
  for (const wrong of [
    "z=1e999",
    "z=NaN",
    "z=-1",
    "z=1&z=2",
    "x=5..",
    "x=6..5",
    "x=1..2..3",
    "smooth=boxcar:0px",
    "smooth=boxcar:1e9px",
    "smooth=cubic:3px",
    "continuum=1,2",
    "scale=at",
    "unit=pc",
    "own=a",
    "own=a -5",
  ])
    assert.equal(read(`${wrong}&frame=rest`).refused.length, 1, wrong);
  assert.equal(read("z=abc&frame=rest").state.frame, "rest");
});

test("labels do not overlap, are near their lines, and those of more weight come first", () => {
  const places = (/** @type {[number, number][]} */ labels) =>
    spread(
      labels.map(([at, weight]) => ({ at, weight })),
      10,
      0,
      100,
    );
  assert.deepEqual(places([]), []);
  assert.deepEqual(places([[50, 1]]), [50]);
  assert.deepEqual(places([[50, 1], [51, 1], [52, 1]]), [41, 51, 61]); // prettier-ignore
  assert.deepEqual(places([[-5, 1], [200, 1]]).map((p) => p === null), [false, true]); // prettier-ignore
  const crowd = /** @type {[number, number][]} */ (
    Array.from({ length: 40 }, (_, i) => [50 + i / 10, i === 20 ? 3 : 1])
  );
  const found = places(crowd);
  assert.notEqual(found[20], null);
  const shown = found.flatMap((p, i) => (p === null ? [] : [{ p, i }]));
  assert.ok(shown.length >= 5);
  shown.forEach(({ p, i }, k) => {
    assert.ok(Math.abs(p - crowd[i][0]) <= 30 + 1e-9);
    if (k) assert.ok(p - shown[k - 1].p >= 10 - 1e-9);
  });
});

test("lines follow the redshift, except those of the sky", () => {
  const lists = [
    { id: "a", title: "", moves: true, shown_for: [], lines: [{ name: "Hα", wavelength: 6564.61, weight: 3 }] },
    { id: "b", title: "", moves: false, shown_for: [], lines: [{ name: "O2", wavelength: 7594, to: 7700, weight: 1 }] },
    { id: "c", title: "", moves: true, shown_for: [], lines: [{ name: "no", wavelength: 1, weight: 1 }] },
  ]; // prettier-ignore
  const own = [{ name: "x", wavelength: 5000 }];
  const at = (/** @type {"observed" | "rest"} */ frame) => {
    const axis = new Axis("vacuum", { medium: "vacuum", frame, unit: "A", z: 1 });
    return Object.fromEntries(
      marksOf(lists, ["a", "b"], own, axis, 1).map(({ name, x, to }) => [name, to ?? x]),
    );
  };
  assert.deepEqual(at("observed"), { Hα: 13129.22, O2: 7700, x: 10000 });
  assert.deepEqual(at("rest"), { Hα: 6564.61, O2: 3850, x: 5000 });
  assert.deepEqual(readOwn("Hα 6564.61; [O III] 5008.24\n 7000"), [
    { name: "Hα", wavelength: 6564.61 },
    { name: "[O III]", wavelength: 5008.24 },
    { name: "7000", wavelength: 7000 },
  ]);
  assert.equal(writeOwn(readOwn("a 1;b 2"), ";"), "a 1;b 2");
  assert.throws(() => readOwn("nothing"));
  assert.throws(() => readOwn(`${"n".repeat(99)} 5`));
});

test("masks: bits, runs and their edges", () => {
  assert.deepEqual(bitsOf(0), []);
  assert.deepEqual(bitsOf(5), [0, 2]);
  assert.deepEqual(bitsOf(-(2 ** 31)), [31]);
  assert.deepEqual(bitsOf(2 ** 40 + 1), [0, 40]);
  const wavelength = Float64Array.from([10, 12, 14, 16]);
  assert.deepEqual(runs(wavelength, Float64Array.from([1, 0, 2, 4])), [
    { from: 9, to: 11, bits: [0] },
    { from: 13, to: 17, bits: [1, 2] },
  ]);
  assert.deepEqual([...countBits(Float64Array.from([3, 1, 0]))], [[0, 2], [1, 1]]); // prettier-ignore
  assert.deepEqual(bitName([{ bit: 1, name: "BAD", en: "bad", zh: "坏" }], 1, "zh"), {
    name: "BAD",
    meaning: "坏",
  });
  assert.equal(bitName(undefined, 7, "en").name, "bit 7");
});

test("numbers on axes", () => {
  assert.deepEqual(ticks(0, 1, 5).at.map((v) => tickText(v, 0.2)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]); // prettier-ignore
  assert.deepEqual(ticks(3, 3, 5).at, []);
  assert.equal(exponentOf(0, 123456), 5);
  assert.equal(exponentOf(-1, 99), 0);
  assert.equal(tickText(150000, 50000, 5), "1.5");
  assert.equal(tickText(-0.00001, 0.5), "0.0");
  assert.equal(numberText(-1234.5678), "−1234.6");
  assert.equal(numberText(1.5e-9), "1.5×10⁻⁹");
  assert.equal(numberText(NaN), "–");
});

/** @param {string} arm @param {number} low @param {number} high @param {number} [n] */
function part(arm, low, high, n = 200) {
  const wavelength = Float64Array.from({ length: n }, (_, i) => high - ((high - low) * i) / (n - 1));
  return /** @type {any} */ ({
    arm,
    kind: "coadd",
    exposure: "",
    wavelength,
    flux: Float32Array.from(wavelength, (w) => w / 1000),
    values: { ivar: Float32Array.from(wavelength, (_, i) => (i === 3 ? 0 : 4)) },
    masks: { mask: BigInt64Array.from(wavelength, (_, i) => (i === 0 ? 2n ** 40n : 0n)) },
    scale: "linear",
    facts: {},
  });
}

test("parts of descending wavelengths, arms apart and together", () => {
  const pixels = pixelsOf(part("R", 6300, 6800));
  assert.equal(pixels.wavelength[0], 6300);
  assert.equal(pixels.masks.mask[199], 2 ** 40);
  assert.ok(Number.isNaN(pixels.error?.[196]) && pixels.error?.[0] === 0.5);
  const about = { wavelength_unit: "Angstrom" };
  const traces = (/** @type {any[]} */ ...parts) =>
    new Traces(/** @type {any} */ ({ facts: {}, parts }), about);
  const apart = traces(part("R", 6300, 6800), part("B", 4950, 5350));
  assert.deepEqual(apart.panels(usual()).map((group) => group[0].arm), ["B", "R"]); // prettier-ignore
  assert.equal(apart.panels({ ...usual(), arms: "together" }).length, 1);
  assert.equal(
    traces(part("B", 3600, 5800), part("R", 5760, 7620), part("Z", 7520, 9824)).panels(usual()).length,
    1,
  );
  assert.deepEqual(apart.panels({ ...usual(), parts: [] }), []);
  assert.deepEqual(traces(part("", 1, 2), part("", 1, 2)).usual, ["coadd", "coadd.2"]);
  const state = { ...usual(), scale: /** @type {const} */ ("at"), at: 5150 };
  const [r, b] = apart.all.map((trace) => apart.scaled(trace, state).flux);
  assert.ok(Math.abs(b[100] - 1) < 0.01 && Math.abs(r[100] - 6551 / 5150) < 0.01);
});

test("limits of flux are written with a precision that depends on the range", () => {
  for (const ends of /** @type {[number, number][]} */ ([
    [123456.71, 123456.78],
    [-3e-17, 2.5e-17],
    [-1e30, 1e30],
    [1e5, 1e5 + 1e-9],
    [0, 1],
  ])) {
    const span = ends[1] - ends[0];
    const back = ends.map((end) => Number(limitText(end, ends)));
    back.forEach((value, i) => assert.ok(Math.abs(value - ends[i]) <= span / 5000, `${value} of ${ends}`));
    const { state, refused } = read(
      `y=${encodeURIComponent(ends.map((end) => limitText(end, ends)).join(".."))}`,
    );
    assert.deepEqual([state.y[0], refused], [back, []]);
  }
});

test("default lists of lines are those of the class, otherwise those of stars or of galaxies", () => {
  const list = (/** @type {string} */ id, /** @type {string[]} */ shown_for) => ({
    ...{ id, title: id, moves: true, shown_for },
    lines: [],
  });
  const lists = [list("stellar", ["STAR"]), list("emission", ["GALAXY", "QSO"]), list("telluric", [])];
  assert.deepEqual(usualLists(lists, "Qso", 0), ["emission"]);
  assert.deepEqual(usualLists(lists, "STAR", 0.5), ["stellar"]);
  for (const kind of ["", "Unknown", "Non"]) {
    assert.deepEqual(usualLists(lists, kind, -0.0004), ["stellar"]);
    assert.deepEqual(usualLists(lists, kind, 0.4), ["emission"]);
  }
  assert.deepEqual(usualLists(lists.slice(2), "STAR", 0), []);
});

test("no two of many traces look alike", () => {
  const looks = Array.from({ length: 36 }, (_, n) => lookOfTrace(n));
  assert.equal(new Set(looks.map((look) => JSON.stringify(look))).size, 36);
  assert.equal(new Set(looks.slice(0, 12).map(({ colour }) => colour)).size, 12);
});

test("the flux fits what is in view; cosmic rays in an exposure do not count", () => {
  const about = { wavelength_unit: "Angstrom", flux_unit: "", layouts: {} };
  const fitted = (/** @type {string} */ kind, /** @type {number} */ spike) => {
    const one = part("B", 4950, 5350);
    const flux = Float32Array.from(one.flux, (_, i) => 100 + (i % 7) + (i >= 50 && i < 52 ? spike : 0));
    const traces = new Traces(
      /** @type {any} */ ({ facts: {}, parts: [{ ...one, kind, flux }] }),
      /** @type {any} */ (about),
    );
    const state = usual();
    const showing = { traces, state, axis: traces.axis(state, 0), z: 0, layers: [], marks: [], lang: "en" };
    return scenesOf({ ...showing, template: null, about })[0].scene.y;
  };
  const whole = fitted("coadd", 9000);
  assert.ok(whole[1] > 9000 && whole[0] > -600 && whole[0] < 100);
  const [low, high] = fitted("single", 9000);
  assert.ok(low < 101 && low > 90 && high > 105 && high < 120, `${low} ${high}`);
  const plain = fitted("single", 0);
  assert.ok(Math.abs(plain[0] - low) < 2 && Math.abs(plain[1] - high) < 2, `${plain}`);
});

test("the file's own flux without its continuum", () => {
  const about = { wavelength_unit: "Angstrom" };
  const whole = part("", 4000, 5000);
  assert.equal(new Traces(/** @type {any} */ ({ facts: {}, parts: [whole] }), about).subtracted, false);
  const plain = /** @type {Float32Array} */ (whole.flux);
  const subtracted = plain.map((v, i) => v - 4 + i / 1000);
  const values = { ...whole.values, subtracted, model: plain.map((v) => v + 1) };
  const traces = new Traces(/** @type {any} */ ({ facts: {}, parts: [{ ...whole, values }] }), about);
  const state = { ...usual(), scale: /** @type {const} */ ("subtracted") };
  const [trace] = traces.all;
  const { flux, error } = traces.scaled(trace, state);
  assert.ok(traces.subtracted && read("scale=subtracted").state.scale === "subtracted");
  assert.deepEqual(flux, trace.pixels.values.subtracted);
  assert.deepEqual(error, trace.pixels.error?.map(Math.abs));
  // The same continuum is subtracted from another layer.
  const model = traces.layer(trace, "model", state);
  assert.ok(model?.every((v, i) => Math.abs(v - flux[i] - 1) < 1e-5));
});

test("an integral over wavelengths has the unit of the flux times that of the wavelength", () => {
  const units = (/** @type {string} */ flux_unit, /** @type {object} */ more = {}) => {
    const about = { wavelength_unit: "Angstrom", flux_unit, layouts: {} };
    const one = part("B", 4950, 5350);
    const traces = new Traces(/** @type {any} */ ({ facts: {}, parts: [one] }), /** @type {any} */ (about));
    const state = { ...usual(), measure: [], ...more };
    const showing = {
      traces,
      state,
      axis: traces.axis(state, 0),
      z: 0,
      layers: [],
      marks: [],
      lang: "en",
      about,
    };
    return measuredTable(/** @type {any} */ (showing)).names.slice(4, 6);
  };
  assert.deepEqual(units(""), ["Line flux (flux unit Å)", "Integral (flux unit Å)"]);
  assert.deepEqual(units("Jy"), ["Line flux (Jy Å)", "Integral (Jy Å)"]);
  assert.match(units("erg / (s cm2 Angstrom)")[0], /^Line flux \(erg [^Å]*\)$/);
  // relative to something, the flux is a number
  assert.deepEqual(units("Jy", { scale: "median" }), ["Line flux (Å)", "Integral (Å)"]);
});
