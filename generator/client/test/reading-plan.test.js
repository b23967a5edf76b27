import assert from "node:assert/strict";
import { test } from "node:test";
import { total } from "../src/reading/bytes.js";
import { scannedColumns } from "../src/reading/duckdb-plan.js";
import {
  AHEAD,
  afterColumn,
  afterFooter,
  columnsOfTiles,
  footersAhead,
  guess,
  indexAllowance,
  isFew,
  tilesOfExtremes,
  wholeTiles,
} from "../src/reading/plan.js";

const MB = 1 << 20;
/** Two partitions of four tiles of 1 MB: columns a and b of 100,000 bytes each at the beginning of a tile, c for the rest. */
const NARROW = 100_000;
/** @param {number} [mb] of a tile */
function catalogue(mb = 1) {
  const size = mb * MB;
  const tiles = [0, 1, 2, 3].map((n) => [4 + n * size, size, 10, n * 100, n * 100 + 99]);
  const footer = 4 + 4 * size;
  const partitions = ["p0", "p1"].map((path) => ({ path, size: footer + 500, rows: 40, footer, tiles }));
  /** @type {any} */
  const meta = { name: "lrs", position: { ra: "ra", dec: "dec" }, columns: [], partitions };
  const group = (/** @type {number[]} */ [offset, length], /** @type {number} */ n) =>
    new Map([
      ["a", { offset, length: NARROW, min: n * 10, max: n * 10 + 9, nulls: 0 }],
      ["b", { offset: offset + NARROW, length: NARROW, min: undefined, max: undefined, nulls: 0 }],
      [
        "c",
        {
          offset: offset + 2 * NARROW,
          length: length - 2 * NARROW,
          min: undefined,
          max: undefined,
          nulls: 0,
        },
      ],
    ]);
  /** @type {number[]} partitions whose footer was requested */
  const asked = [];
  const footers = (/** @type {number} */ partition) => {
    asked.push(partition);
    return tiles.map(group);
  };
  return {
    files: { meta, place: (/** @type {string} */ path) => `data/lrs/${path}` },
    footers,
    asked,
    tiles,
  };
}
const run = (/** @type {number} */ partition, /** @type {number} */ first, last = first) => ({
  partition,
  first,
  last,
});

test("few bytes are read as whole tiles with their footers, many are not", () => {
  const { files } = catalogue();
  assert.deepEqual(wholeTiles(files, [run(1, 1, 2)]), [
    { path: "data/lrs/p1", offset: 4 + 4 * MB, length: 500 },
    { path: "data/lrs/p1", offset: 4 + MB, length: 2 * MB },
  ]);
  assert.equal(wholeTiles(catalogue(2).files, [run(0, 0, 3), run(1, 0, 3)]), null);
});

test("of many tiles only the needed columns are read, and no tiles that cannot match", async () => {
  const { files, footers } = catalogue();
  const found = await columnsOfTiles(
    files,
    [run(0, 0, 3)],
    [{ column: "a", low: 15, high: 25 }],
    new Set(["b"]),
    footers,
  );
  assert.equal(found.tiles, 2);
  assert.deepEqual(
    found.ranges,
    [1, 2].map((n) => ({ path: "data/lrs/p0", offset: 4 + n * MB + NARROW, length: NARROW })),
  );
  const all = await columnsOfTiles(files, [run(1, 3)], [], null, footers);
  assert.equal(total(all.ranges), MB);
});

test("an index may cost a share of what it saves", () => {
  const { files } = catalogue();
  assert.equal(indexAllowance(files, [run(0, 0, 3)]), MB);
});

test("columns are read one by one where an index gives few tiles and a source can read parts of them", () => {
  const how = { named: true, columns: ["a"], kind: "http" };
  assert.ok(isFew([run(0, 0, 3)], how));
  assert.ok(!isFew([run(0, 0, 3), run(1, 0, 4)], how));
  assert.ok(!isFew([run(0, 0)], { ...how, named: false }));
  assert.ok(!isFew([run(0, 0)], { ...how, columns: null }));
  assert.ok(!isFew([run(0, 0)], { ...how, kind: "script" }));
});

test("bytes are estimated from the first tile, and are whole tiles with scripts", () => {
  const { files, footers } = catalogue();
  const [sample] = footers(0);
  const runs = [run(0, 0, 3)];
  const { likely, most } = guess(files, runs, new Set(["a"]), { kind: "http", sample });
  assert.equal(Math.round(likely), 4 * NARROW);
  assert.equal(Math.round(most), 6 * NARROW);
  const scripts = guess(files, runs, new Set(["a"]), { kind: "script", sample });
  assert.deepEqual(scripts, { likely: 4 * MB, most: 4 * MB });
  assert.equal(guess(files, runs, null, { kind: "http", sample }).most, 4 * MB);
});

test("after a first miss one footer is read, after a second one all are", () => {
  const { files } = catalogue();
  assert.deepEqual(
    [0, 1].map((misses) => afterFooter(files, 1, misses).map(({ path }) => path)),
    [["data/lrs/p1"], ["data/lrs/p0", "data/lrs/p1"]],
  );
  const large = catalogue();
  for (const partition of large.files.meta.partitions) partition.size += AHEAD / 4;
  assert.equal(footersAhead(large.files, [0, 1]), null);
  assert.deepEqual(
    afterFooter(large.files, 1, 1).map(({ path }) => path),
    ["data/lrs/p1"],
  );
});

test("more of a column is read ahead with every miss, across partitions", async () => {
  const { files, footers, asked } = catalogue(30);
  const missed = { partition: 0, offset: 4 + 30 * MB + 5 };
  const about = { columns: ["c"], misses: 0, named: null, kind: "http" };
  const first = await afterColumn(files, missed, about, footers);
  assert.deepEqual(
    first.map(({ offset }) => offset),
    [4 + 30 * MB, 4 + 30 * MB + 2 * NARROW],
    "its own tile",
  );
  assert.deepEqual([...new Set(asked)], [0]);
  const second = await afterColumn(files, missed, { ...about, misses: 1 }, footers);
  assert.equal(second.length, 2);
  const third = await afterColumn(files, missed, { ...about, misses: 2 }, footers);
  assert.deepEqual([...new Set(third.map(({ path }) => path))], ["data/lrs/p0", "data/lrs/p1"]);
  assert.equal(third.length, 2 * 5, "as far as 128 MB go");
  assert.deepEqual(await afterColumn(files, { partition: 0, offset: 1 }, about, footers), []);
});

test("a statement that reads tiles from an index reads no other tiles ahead", async () => {
  const { files, footers } = catalogue();
  const about = { columns: ["a"], misses: 9, named: new Set([1, 6]), kind: "http" };
  const among = await afterColumn(files, { partition: 0, offset: 4 + MB }, about, footers);
  assert.deepEqual(
    among.map(({ path, offset }) => [path, offset]),
    [
      ["data/lrs/p0", 4 + MB],
      ["data/lrs/p1", 4 + 2 * MB],
    ],
  );
  const beside = await afterColumn(files, { partition: 0, offset: 4 }, about, footers);
  assert.equal(beside.length, 8);
});

test("with scripts, whole tiles count towards the read-ahead", async () => {
  const { files, footers } = catalogue();
  const about = { columns: ["a"], misses: 0, named: null, kind: "script" };
  assert.equal((await afterColumn(files, { partition: 0, offset: 4 }, about, footers)).length, 2);
  assert.equal(
    (await afterColumn(files, { partition: 0, offset: 4 }, { ...about, kind: "http" }, footers)).length,
    8,
  );
});

test("the scans of a plan", () => {
  const scan = { name: "READ_PARQUET", extra_info: { Projections: ["a", "b"], Filters: "c>5" } };
  assert.deepEqual(
    scannedColumns(JSON.stringify([{ name: "PROJECTION", children: [scan] }])),
    new Set(["a", "b", "c"]),
  );
  assert.deepEqual(scannedColumns(null), new Set());
});

test("tiles with the least and greatest values of columns", () => {
  const column = (/** @type {string} */ name, /** @type {string} */ datatype) => ({ name, datatype });
  const meta = /** @type {any} */ ({
    columns: [column("k", "long"), column("x", "double"), column("s", "string"), column("u", "double")],
    partitions: [{ tiles: [[0, 1, 5], [1, 1, 5]] }, { tiles: [[0, 1, 5]] }],
  }); // prettier-ignore
  const group = (/** @type {any} */ k, /** @type {any} */ x) =>
    new Map([
      ["k", { min: k && k[0], max: k && k[1], nulls: k ? 0 : 5 }],
      ["x", { min: x[0], max: x[1], nulls: 1 }],
      ["s", { min: "a", max: "b", nulls: 0 }],
      ["u", { min: undefined, max: undefined, nulls: 0 }],
    ]);
  const footers = /** @type {any} */ ([
    [group([3n, 2n ** 60n], [-1, 1]), group(undefined, [-5, 0.5])],
    [group([1n, 2n ** 60n + 1n], [-5, 7])],
  ]);
  const tiles = (/** @type {[string, boolean][]} */ ...wanted) =>
    tilesOfExtremes(meta, footers, wanted.map(([name, greatest]) => ({ column: name, greatest }))); // prettier-ignore
  assert.deepEqual(tiles(["k", false], ["k", true]), [run(1, 0)]);
  assert.deepEqual(tiles(["x", true], ["x", false]), [run(0, 1), run(1, 0)]);
  for (const unknown of ["s", "u", "other"]) assert.equal(tiles([unknown, true]), null, unknown);
});
