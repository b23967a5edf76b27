import assert from "node:assert/strict";
import { test } from "node:test";
import { withIds, withRanges } from "../src/search/as-filter.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { queryFile, readQueryFile } from "../src/results/recipes/query-file.js";
import { Selection } from "../src/results/table/selection.js";
import { formOf } from "./a-form.js";

const form = formOf({ obsid: "long", teff: "float", logg: "double", class: "string" });
const search = (/** @type {string} */ query) => readPermalink(query, [form]).search;
const written = (/** @type {import("../src/search/permalink.js").Search | null} */ one) =>
  one && writePermalink(one);

test("a rectangle of a plot narrows the conditions that are there", () => {
  const ranges = [
    { column: "teff", low: 5000.5, high: 6000 },
    { column: "logg", low: -Infinity, high: 4 },
  ];
  assert.equal(
    written(withRanges(search("catalogue=lrs&class=STAR&sky=all"), form, ranges)),
    "catalogue=lrs&class=STAR&teff=5000.5..6000&logg=..4",
  );
  assert.equal(
    written(withRanges(search("catalogue=lrs&teff=>5500..7000&logg=3..<4"), form, ranges)),
    "catalogue=lrs&teff=%3E5500..6000&logg=3..%3C4",
  );
});

test("what is no range of a column is not written as one", () => {
  const of = (/** @type {string} */ column) => [{ column, low: 1, high: 2 }];
  assert.equal(withRanges(search("catalogue=lrs"), form, of("class")), null);
  assert.equal(withRanges(search("catalogue=lrs"), form, of("computed")), null);
  assert.equal(withRanges(search("catalogue=lrs&teff=1,5"), form, of("teff")), null);
});

test("marked rows are a condition by their ids, exact to the last bit", () => {
  assert.equal(
    written(withIds(search("catalogue=lrs&obsid=1..&class=STAR"), "obsid", ["9007199254740993", "12"])),
    "catalogue=lrs&class=STAR&obsid=9007199254740993,12",
  );
});

test("only marks made by ranges alone have ranges", () => {
  const selection = new Selection();
  const ranges = [{ column: "teff", low: 1, high: 2 }];
  selection.set([1, 2], ranges);
  assert.equal(selection.size, 2);
  assert.deepEqual(selection.ranges, ranges);
  selection.add([5]);
  assert.equal(selection.ranges, null);
});

test("a query file carries the plots and how rows are shown, and nothing else of the address", async () => {
  const question = {
    search: search("catalogue=lrs&teff=5000..&columns=obsid,teff&sort=-teff"),
    form,
    catalogues: [],
  };
  const about = { release: "dr8/v1.0", catalogue: "lrs", query: "q", cite: "c" };
  const shown = "?catalogue=x&plot=scatter:teff,-logg&show=spectra&theme=dark";
  const file = await readQueryFile(new Blob([queryFile({ ...question, typical: [] }, about, "2026", shown)]));
  const query = new URLSearchParams(file.query);
  assert.equal(query.get("plot"), "scatter:teff,-logg");
  assert.equal(query.get("show"), "spectra");
  assert.equal(query.has("theme"), false);
  const read = readPermalink(file.query, [form]);
  assert.deepEqual(read.problems, []);
  assert.equal(writePermalink(read.search), writePermalink(question.search));
});
