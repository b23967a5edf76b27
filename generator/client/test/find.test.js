import assert from "node:assert/strict";
import { test } from "node:test";
import { makeSearch } from "../src/find/document-index.js";
import { highlight, snippet } from "../src/find/snippet.js";
import { indexTerms, queryTerms } from "../src/find/tokens.js";

/** @type {import("../src/find/document-index.js").Record[]} */
const records = [
  [
    "document",
    "Low-resolution data",
    "Redshift",
    "docs/lrs.html#redshift",
    "z is measured from the shift of the lines.",
  ],
  ["document", "低分辨率数据", "信噪比", "zh/docs/lrs.html#snr", "五个波段的信噪比，表示光谱质量。"],
  ["document", "恒星", "", "zh/docs/stars.html", "恒星的视向速度"],
  [
    "column",
    "snrg_err",
    "Stars of types A to K",
    "catalogues/a.html#col-snrg_err",
    "Error · mag · phot.mag;em.opt.G",
  ],
  ["column", "teff", "Stars of types A to K", "catalogues/a.html#col-teff", "Effective temperature · K"],
];

/** @param {string} query */
const found = (query) => makeSearch(records)(query).map((hit) => hit.record[1]);

test("words, names and their parts, pairs of characters", () => {
  assert.deepEqual(indexTerms("Snrg_ERR phot.mag."), ["snrg_err", "snrg", "err", "phot.mag", "phot", "mag"]);
  assert.deepEqual(queryTerms("Snrg_ERR"), ["snrg_err"]);
  assert.deepEqual(indexTerms("信噪比"), ["信噪", "噪比", "比"]);
  assert.deepEqual(queryTerms("信噪比 snr"), ["信噪", "噪比", "snr"]);
  assert.deepEqual(indexTerms("Ångström"), ["angstrom"]);
});

test("results while typing, in both languages", () => {
  assert.deepEqual(found("redsh"), ["Low-resolution data"]);
  assert.deepEqual(found("redhsift"), ["Low-resolution data"]); // two letters changed places
  assert.deepEqual(found("信噪"), ["低分辨率数据"]);
  assert.deepEqual(found("噪比"), ["低分辨率数据"]);
  assert.deepEqual(found("星"), ["恒星"]);
  assert.deepEqual(found("速度信"), []);
  assert.deepEqual(found("snrg"), ["snrg_err"]);
  assert.deepEqual(found("phot.mag"), ["snrg_err"]);
  assert.deepEqual(found("err types"), ["snrg_err"]); // a column of that catalogue
  assert.deepEqual(found("nothing here"), []);
  assert.deepEqual(found('"<script>*'), []);
});

test("hits are marked, also where terms overlap", () => {
  assert.deepEqual(highlight("每像素的信噪比。", ["信噪", "噪比"]), [
    { text: "每像素的", found: false },
    { text: "信噪比", found: true },
    { text: "。", found: false },
  ]);
  assert.deepEqual(
    highlight("A+b", ["+"]).map((p) => p.text),
    ["A", "+", "b"],
  );
  const text = `${"word ".repeat(60)}needle ${"word ".repeat(60)}`;
  assert.match(snippet(text, ["needle"]), /^…word .*needle .*…$/);
});

test("a thousand columns are ready in a moment", () => {
  /** @type {import("../src/find/document-index.js").Record[]} */
  const many = Array.from({ length: 1000 }, (_, n) => [
    "column",
    `col_${n}_mag`,
    "A wide catalogue",
    `catalogues/wide.html#col-${n}`,
    `Magnitude of the object in band ${n}, measured in an aperture of ${n % 7} arcseconds · mag · phot.mag`,
  ]);
  const start = performance.now();
  const search = makeSearch(many);
  const ready = performance.now() - start;
  assert.equal(search("col_917")[0].record[1], "col_917_mag");
  assert.ok(ready < 1500, `${ready.toFixed()} ms`);
  console.log(`1,000 columns: index in ${ready.toFixed()} ms`);
});
