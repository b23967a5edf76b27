import assert from "node:assert/strict";
import { test } from "node:test";
import { gridRange, headerRange, indexReads, spectrumRange } from "../src/reading/spectra.js";

const place = { id: 7n, pack: 1002, offset: 4096, bytes: 36_000, more: 90_000, chunk: 3, at: 512 };

test("a spectrum is one range, with its exposures or without", () => {
  const path = "packs/001/001002.parquet";
  const chunk = { number: 3, at: 512 };
  assert.deepEqual(spectrumRange(place, false), { path, offset: 4096, length: 36_000, chunk });
  assert.deepEqual(spectrumRange(place, true), { path, offset: 4096, length: 126_000, chunk });
});

test("headers are read from the first bytes, then from all of the sums", () => {
  assert.equal(headerRange(place, 4096).length, 4096);
  assert.equal(headerRange(place, Infinity).length, 36_000);
  assert.equal(headerRange({ ...place, bytes: 900 }, 4096).length, 900);
});

test("small index files are read whole, of large ones only the needed parts", () => {
  const index = [
    { path: "index/0000.parquet", size: 600_000, footer: 590_000, rows: 65_536, first: "1", last: "9" },
    { path: "index/0001.parquet", size: 64 << 10, footer: 60_000, rows: 5, first: "10", last: "14" },
  ];
  const ranges = [
    { path: "index/0001.parquet", offset: 60_000, length: 5536 },
    { path: "index/0000.parquet", offset: 590_000, length: 10_000 },
    { path: "index/0001.parquet", offset: 4, length: 99 },
  ];
  const whole = { range: { path: "index/0001.parquet", offset: 0, length: 64 << 10 }, whole: true };
  assert.deepEqual(indexReads(index, ranges), [whole, { range: ranges[1], whole: false }, whole]);
  assert.deepEqual(indexReads(index, []), []);
});

test("a grid is one range, and none where there is no such grid", () => {
  const grids = /** @type {any} */ ({
    path: "grids.parquet",
    grids: [
      { offset: 4, bytes: 20, pixels: 3 },
      { offset: 24, bytes: 30, pixels: 4 },
    ],
  });
  assert.deepEqual(gridRange(grids, 1), { path: "grids.parquet", offset: 24, length: 30 });
  assert.equal(gridRange(grids, 2), null);
  assert.equal(gridRange(null, 0), null);
});
