import assert from "node:assert/strict";
import { test } from "node:test";
import { describedIn } from "../src/results/foreign/columns.js";
import { layoutOf, listedParts, readProperties } from "../src/results/foreign/layout.js";
import { placeAt } from "../src/results/foreign/other-site.js";
import { parseWith, writeWith } from "../src/search/targets/match-link.js";

const properties = (/** @type {Record<string, string>} */ files) =>
  new Map(Object.entries(files).map(([path, text]) => [path, readProperties(text)]));
const TILE = "dataset/Norder=1/Dir=0/Npix=47.parquet";

test("a folder is a HATS catalogue, one of a collection, or several Parquet files", () => {
  const one = layoutOf(
    [`sky/${TILE}`, "sky/dataset/data_thumbnail.parquet", "sky/dataset/_metadata"],
    new Map(),
  );
  assert.deepEqual(one.parts, [{ path: `sky/${TILE}`, low: 47 * 4 ** 23, high: 48 * 4 ** 23 - 1 }]);
  assert.equal(one.root, "sky/");
  // Partitions may be folders, and older catalogues have no folder "dataset".
  const old = ["a/Norder=0/Dir=0/Npix=11/part0.snappy.parquet", "a/Norder=2/Dir=0/Npix=5.parquet"];
  assert.deepEqual(
    layoutOf(old, new Map()).parts.map(({ low }) => low),
    [5 * 4 ** 22, 11 * 4 ** 24],
  );
  const paths = [`c/sky/${TILE}`, `c/margin/${TILE}`, `c/more/${TILE}`];
  const margin = { "c/margin/hats.properties": "dataproduct_type=margin" };
  assert.throws(() => layoutOf(paths, properties(margin)), /several catalogues \(more, sky\)/);
  const collection = { ...margin, "c/collection.properties": "#HATS\nhats_primary_table_url = more\n" };
  assert.equal(layoutOf(paths, properties(collection)).root, "c/more/");
  assert.throws(() => layoutOf([`c/margin/${TILE}`], properties(margin)), /only margins/);
  const plain = layoutOf(["p/b.parquet", "p/a.PARQUET", "p/read.me", "p/.hidden.parquet"], new Map());
  assert.deepEqual(plain.parts, [
    { path: "p/a.PARQUET", low: null, high: null },
    { path: "p/b.parquet", low: null, high: null },
  ]);
  assert.throws(() => layoutOf(["p/read.me"], new Map()), /no Parquet files/);
  assert.throws(
    () => layoutOf(["p/Norder=1/Dir=0/Npix=48.parquet"], new Map()),
    /not a partition of the sky/,
  );
});

test("listed partitions", () => {
  const parts = listedParts("Norder,Npix,num_rows\n1,47,9\n6,20001,\n", new Map());
  assert.deepEqual(
    parts.map(({ path, rows }) => [path, rows]),
    [
      [TILE, 9],
      ["dataset/Norder=6/Dir=20000/Npix=20001.parquet", 0],
    ],
  );
  assert.throws(() => listedParts("a,b\n1,2\n", new Map()), /Norder and Npix/);
  for (const line of ["1,48", "-1,0", "30,0", "1.5,1", "../x,1"])
    assert.throws(() => listedParts(`Norder,Npix\n${line}\n`, new Map()), /not a partition/, line);
  const folders = new Map([["hats_npix_suffix", "/"]]);
  assert.throws(() => listedParts("Norder,Npix\n1,1\n", folders), /partitions are folders/);
});

test("addresses of catalogues", () => {
  const release = "https://data.example/survey/dr10/v2.0/";
  for (const [text, place] of [
    ["https://data.example/gaia", "https://data.example/gaia/"],
    ["https://data.example/a/b.parquet?x#y", "https://data.example/a/b.parquet"],
    [`${release}data/lrs/`, `${release}data/lrs/`],
    [`${release}catalogues/lrs.html#z`, `${release}data/lrs/`],
    [`${release}zh/catalogues/lrs.html`, `${release}data/lrs/`],
    [`${release}search.html?catalogue=lrs&cone=1,2,3`, `${release}data/lrs/`],
  ])
    assert.equal(placeAt(text).href, place);
  const other = parseWith("https://data.example:8000/x");
  assert.equal(writeWith(other), "https://data.example:8000/x");
  assert.deepEqual(parseWith("dr7/v2.0:lrs"), { release: "dr7/v2.0", catalogue: "lrs" });
});

test("descriptions from elsewhere may be anything", () => {
  for (const about of [null, 1, {}, { columns: 5 }, { columns: [null, 5, {}, { name: 7 }] }])
    assert.deepEqual(describedIn(about), []);
  const [column] = describedIn({ columns: [{ name: "a", unit: {}, missing: [1, { x: 1 }, "b", null] }] });
  assert.deepEqual([column.unit, column.missing], [null, [1, "b"]]);
});
