import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../src/engine/store.js";
import { Planner } from "../src/reading/planner.js";

const MB = 1 << 20;
/** Two partitions of four tiles of 100 rows; columns of 2 MB each: `test` with rising values, `a`, `b`. */
const NAMES = ["test", "a", "b"];
const tiles = [0, 1, 2, 3].map((n) => [4 + n * 6 * MB, 6 * MB, 100, n * 10, n * 10 + 9]);
const footer = 4 + 24 * MB;
/** @type {any} */
const meta = {
  name: "lrs",
  position: null,
  columns: NAMES.map((name) => ({ name })),
  partitions: ["p0", "p1"].map((path) => ({ path, size: footer + 500, rows: 400, footer, tiles })),
};
const groups = tiles.map(
  ([offset], tile) =>
    new Map(
      NAMES.map((name, i) => [
        name,
        {
          offset: offset + 2 * i * MB,
          length: 2 * MB - 20_000,
          min: tile * 10,
          max: tile * 10 + 9,
          nulls: 0,
        },
      ]),
    ),
);

/** @param {{ answer?: [number, number][], rows?: number, ceiling?: number, name?: string }} [about] answer: of the additional statement */
function planned({ answer = [], rows, ceiling = 1000 * MB, name = "lrs" } = {}) {
  /** @type {string[]} what was read: partition, tile, columns */
  const read = [];
  const nameAt = (/** @type {number} */ offset) => {
    const tile = Math.floor((offset - 4) / (6 * MB));
    return `${tile}${NAMES[Math.round((offset - 4 - tile * 6 * MB) / (2 * MB))]}`;
  };
  /** @type {any} */
  const source = {
    kind: "http",
    readMany: async (/** @type {any[]} */ ranges, /** @type {any} */ deliver) => {
      for (const { path, offset, length } of ranges) {
        read.push(path + nameAt(offset));
        deliver(path, [{ offset, bytes: new Uint8Array(length) }]);
      }
    },
    url: () => null,
  };
  const store = new Store(ceiling, ceiling);
  for (const { path, size } of meta.partitions) store.add({ path, size, source });
  const loaded = new Set();
  /** @type {any} */
  const footers = {
    of: async () => groups,
    load: async (/** @type {number[]} */ some) => some.forEach((one) => loaded.add(one)),
  };
  const numbered = (/** @type {number[]} */ partitions, /** @type {boolean} */ stored) =>
    `FROM ${stored ? "raw" : "view"} ${partitions}`;
  const files = {
    meta,
    place: (/** @type {string} */ path) => path || "data/lrs/",
    source,
    indexSource: source,
  };
  const planner = new Planner(files, store, footers, { name, stored: `${name}_raw`, numbered });
  /** @type {string[]} */
  const asked = [];
  let through = 0;
  const plan = async (/** @type {any} */ node, sql = "SELECT 1 FROM lrs") => {
    await planner.plan(JSON.stringify([node]), [planner], {
      sql,
      rows: rows ?? null,
      options: {},
      ask: async (text) => {
        asked.push(text);
        return answer;
      },
      expect: () => {},
      readThrough: async () => void through++,
    });
    return { read, asked, loaded, through };
  };
  return { planner, plan };
}
const scan = (/** @type {string[]} */ columns, /** @type {string[]} */ filters = []) => ({
  name: "READ_PARQUET",
  extra_info: { Projections: columns, Filters: filters },
});

test("a scan reads its columns of all tiles that its filters do not rule out", async () => {
  const all = await planned().plan(scan(["a"]));
  assert.deepEqual(all.read, ["p00a", "p01a", "p02a", "p03a", "p10a", "p11a", "p12a", "p13a"]);
  assert.deepEqual(all.asked, []);
  const none = await planned().plan(scan([]));
  assert.deepEqual([none.read, [...none.loaded]], [[], [0, 1]], "rows are counted by footers");
  const few = await planned().plan(scan(["test"], ["test>25.0"]));
  assert.deepEqual(few.read, ["p02test", "p03test", "p12test", "p13test"]);
});

test("columns that are not tested are read where a row passes", async () => {
  const found = await planned({ answer: [[1, 1]] }).plan(
    scan(["a", "b"], ["test>15.0", "optional: a IN (1)"]),
  );
  assert.deepEqual(found.asked, [
    "SELECT file_index, file_row_number >> 8 FROM (FROM view 0,1) WHERE (test>15.0) GROUP BY ALL",
  ]);
  const tested = ["p01test", "p02test", "p03test", "p11test", "p12test", "p13test"];
  assert.deepEqual(found.read, [...tested, "p12a", "p12b", "p13a", "p13b"], "rows 256 to 399");
  const twice = planned({ answer: [[1, 1]] });
  await twice.plan(scan(["a", "b"], ["test>15.0"]));
  const again = await twice.plan(scan(["a", "b"], ["test>15.0"]));
  assert.deepEqual([again.read.length, again.asked.length], [10, 1], "nothing is read or asked again");
  const nothing = await planned().plan(scan(["a"], ["test>15.0"]), "FROM lrs_raw");
  assert.deepEqual(nothing.read, tested);
  assert.match(nothing.asked[0], /FROM raw/);
});

test("bounds that DuckDB does not compare itself save what is not tested", async () => {
  const { planner, plan } = planned();
  planner.worth = Infinity;
  const found = await plan(scan(["a"], ["(CASE  WHEN ((test IN (-9))) THEN (NULL) ELSE test END > 25)"]));
  assert.deepEqual(found.asked, []);
  const [tested, others] = ["test", "a"].map((name) => found.read.filter((one) => one.endsWith(name)));
  assert.equal(tested.length, 8);
  assert.deepEqual(others, ["p02a", "p03a", "p12a", "p13a"]);
});

test("the tiles of an answer are read after what decides on it", async () => {
  const join = { Conditions: ["file_row_number = file_row_number"] };
  const top = {
    name: "TOP_N",
    extra_info: { Top: 2, "Order By": "memory.main.lrs.test DESC" },
    children: [scan(["test"])],
  };
  const late = { name: "HASH_JOIN", extra_info: join, children: [scan(["test", "a"]), top] };
  const found = await planned({ answer: [[0, 50], [1, 350]] }).plan(late); // prettier-ignore
  assert.deepEqual(found.asked, [
    "SELECT file_index, file_row_number >> 0 FROM (FROM view 0,1) ORDER BY test DESC LIMIT 2",
  ]);
  assert.equal(found.read.filter((one) => one.endsWith("test")).length, 8);
  // DuckDB looks for each number of a row in each of the files
  assert.deepEqual(found.read.slice(8), ["p00a", "p03a", "p10a", "p13a"]);
});

test("where a statement may end early only what it surely needs is read", async () => {
  const limited = (/** @type {any} */ child) => ({
    name: "STREAMING_LIMIT",
    extra_info: {},
    children: [child],
  });
  assert.deepEqual((await planned().plan(limited(scan(["a"])))).read, []);
  assert.deepEqual((await planned({ rows: 150 }).plan(limited(scan(["a"])))).read, ["p00a", "p01a"]);
  assert.deepEqual((await planned({ rows: 150 }).plan(limited(scan(["a"], ["test>15.0"])))).read, []);
  assert.equal((await planned({ rows: 1e6 }).plan(limited(scan(["test"], ["test>15.0"])))).read.length, 6);
});

test("a statement that reads more than fits is left to the worker", async () => {
  const found = await planned({ ceiling: 10 * MB }).plan(scan(["a"]));
  assert.deepEqual([found.read, found.through], [[], 1]);
});

test("statements name a catalogue as a word", () => {
  const { planner } = planned();
  for (const sql of ["FROM lrs", 'SELECT 1 FROM "LRS" x', "SELECT lrs.a FROM lrs", "FROM lrs_raw"])
    assert.ok(planner.mentions(sql), sql);
  for (const sql of [
    "FROM lrs2",
    "FROM x WHERE a = 'lrs'",
    "FROM read_parquet('http://host/data/lrs/a') AS lrs",
    "SELECT 1",
  ])
    assert.ok(!planner.mentions(sql), sql);
  assert.ok(planned({ name: "a~b-c" }).planner.mentions('FROM "a~b-c"'));
});
