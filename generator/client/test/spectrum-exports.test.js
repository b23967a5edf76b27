import assert from "node:assert/strict";
import { test } from "node:test";
import { spectrumCsv } from "../src/spectrum/export/spectrum-csv.js";
import { spectrumFits } from "../src/spectrum/export/spectrum-fits.js";
import { fitsUnit, inverseSquare, typeset } from "../src/spectrum/export/units.js";

const about = { release: "dr8/v1.0", cite: "TEST", date: "2026-01-01T00:00:00Z" };
const set = {
  name: "lrs",
  about: { id: { name: "obsid" }, wavelength_unit: "Angstrom", flux_unit: "1e-17 erg / (s cm2 Angstrom)" },
};
/** @returns {any} */
const part = (more = {}) => ({
  arm: "",
  kind: "coadd",
  exposure: "",
  stored: Float32Array.of(3700.1, 4000),
  wavelength: Float64Array.of(Math.fround(3700.1), 4000),
  flux: Float32Array.of(Math.fround(0.1), NaN),
  values: { ivar: Float32Array.of(-0, Infinity) },
  masks: { and_mask: Int32Array.of(0, -1) },
  scale: "linear",
  facts: {},
  ...more,
});
/** @returns {any} */
const spectrum = (/** @type {any[]} */ parts, facts = {}) => ({ id: 2n ** 63n - 1n, set, facts, parts });

test("a spectrum as CSV", () => {
  const facts = { class: "STAR", snr: { g: 1.5 }, note: "a\r\nb,c", sha256: "00", original: "x" };
  assert.equal(
    spectrumCsv(spectrum([part()], facts), about),
    [
      "# release: dr8/v1.0",
      "# set: lrs",
      "# obsid: 9223372036854775807",
      "# units: wavelength [Angstrom], flux [1e-17 erg / (s cm2 Angstrom)], ivar [1e34 erg-2 s2 cm4 Angstrom2]",
      "# class: STAR",
      "# snr_g: 1.5",
      "# note: a b,c",
      "# cite: TEST",
      "# date: 2026-01-01T00:00:00Z",
      "wavelength,flux,ivar,and_mask",
      "3700.1,0.1,-0,0",
      "4000,NaN,Infinity,-1",
      "",
    ].join("\r\n"),
  );
});

test("parts that differ share one table", () => {
  const red = part({ arm: "R", kind: "single", exposure: "84", values: {}, masks: {} });
  const lines = spectrumCsv(spectrum([part({ arm: "B" }), red]), about)
    .split("\r\n")
    .filter((line) => !line.startsWith("#"));
  assert.deepEqual(lines, [
    "wavelength,flux,ivar,and_mask,arm,exposure",
    "3700.1,0.1,-0,0,B,",
    "4000,NaN,Infinity,-1,B,",
    "3700.1,0.1,,,R,84",
    "4000,NaN,,,R,84",
    "",
  ]);
});

test("logarithms of wavelengths are kept next to the values computed from them", () => {
  const log = part({
    scale: "log10",
    stored: Float32Array.of(3.5, 4),
    wavelength: Float64Array.of(10 ** 3.5, 1e4),
  });
  const lines = spectrumCsv(spectrum([log]), about).split("\r\n");
  assert.deepEqual(lines.slice(-4, -1), [
    "wavelength,loglam,flux,ivar,and_mask",
    `${10 ** 3.5},3.5,0.1,-0,0`,
    "10000,4,NaN,Infinity,-1",
  ]);
});

test("a spectrum as FITS", () => {
  const facts = {
    class: "STAR",
    z: 1e-7,
    snr: { g: 1.5 },
    end: "x",
    naxis: 5,
    release: "D",
    nothing: NaN,
    "spectral subclass": "M0",
    "spectral type": "M",
  };
  const bytes = spectrumFits(
    spectrum([part(), part({ arm: "B", kind: "single", exposure: "84" })], facts),
    about,
  );
  assert.equal(bytes.length % 2880, 0);
  const text = Buffer.from(bytes).toString("latin1");
  for (const card of [
    "RELEASE = 'dr8/v1.0'",
    "OBSID   =  9223372036854775807",
    "Z       =                 1E-7",
    "SNRG    =                  1.5",
    "DATA_V  = 'D       '",
    "SPECTRAL= 'M0      '",
    "COMMENT   spectral type: M",
    "COMMENT   end: x",
    "COMMENT   naxis: 5",
    "TUNIT2  = '10**-17 erg / (s cm2 Angstrom)'",
    "TUNIT3  = '10**34 erg-2 s2 cm4 Angstrom2'",
    "EXTNAME = 'COADD   '",
    "EXTNAME = 'B-84    '",
    "EXPOSURE= '84      '",
  ])
    assert.ok(text.includes(card), card);
  assert.ok(!text.includes("NOTHING"));
});

test("units", () => {
  assert.equal(inverseSquare("Jy"), "Jy-2");
  assert.equal(inverseSquare("erg.s**-1.cm**-2/Angstrom"), "erg-2 s2 cm4 Angstrom2");
  assert.equal(inverseSquare("1e-17 W / m2"), "1e34 W-2 m4");
  for (const odd of ["", "sqrt(Jy)", "a/b/c", "(erg)**2", "1.5 Jy"])
    assert.equal(inverseSquare(odd), "", odd);
  assert.equal(fitsUnit("1E-17 W"), "10**-17 W");
  assert.equal(fitsUnit("Jy"), "Jy");
  assert.equal(typeset("1e-17 erg / (s cm2 Angstrom)"), "10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹");
  assert.equal(typeset("erg.s**-1.cm**-2/Angstrom"), "erg s⁻¹ cm⁻² Å⁻¹");
  for (const same of ["", "Jy", "sqrt(Jy)", "<b>"]) assert.equal(typeset(same), same);
});
