import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { IdLookup, compare, intervals } from "../src/reading/id-index.js";
import { canNumber, scattered } from "../src/reading/relation.js";
import { runsAmong } from "../src/reading/tiles.js";

/** @type {any} */
const text = { name: "uid", datatype: "string", missing: ["-9999"] };
/** @type {any} */
const whole = { name: "obsid", datatype: "long", missing: [-9999, "9223372036854775807"] };

test("texts are in the order of their UTF-8 bytes", () => {
  const some = [
    "",
    "A",
    "a",
    "aa",
    "~",
    "\u007f",
    "é",
    "\ud7ff",
    "\ue000",
    "\uffee",
    "🔭",
    "🔭a",
    "\u{10ffff}",
  ];
  for (const a of some)
    for (const b of some) {
      const bytes = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(Math.sign(compare(a, b)), bytes, JSON.stringify([a, b]));
    }
  assert.ok(compare(2n ** 63n - 1n, 2n ** 63n) < 0 && compare(-1n, 0n) < 0 && compare(5n, 5n) === 0);
});

test("an index answers for exact values only, and not for missing ones", () => {
  assert.deepEqual(intervals({ column: "uid", values: ["b", "a", "b", "🔭", "\uffee"] }, text), [
    ["a", "a"],
    ["b", "b"],
    ["\uffee", "\uffee"],
    ["🔭", "🔭"],
  ]);
  assert.equal(intervals({ column: "uid", values: ["a", "-9999"] }, text), null);
  assert.equal(intervals({ column: "uid", low: "a", high: "a\uffff" }, text), null);
  assert.equal(intervals({ column: "uid", values: [] }, text), null);
  assert.deepEqual(intervals({ column: "obsid", values: [3n, 2, 1.5, 3] }, whole), [
    [2n, 2n],
    [3n, 3n],
  ]);
  assert.deepEqual(intervals({ column: "obsid", low: 1.5, high: 7n }, whole), [[2n, 7n]]);
  assert.deepEqual(intervals({ column: "obsid", low: 8, high: 7 }, whole), []);
  assert.equal(intervals({ column: "obsid", low: 8 }, whole), null);
  assert.equal(intervals({ column: "obsid", low: -10000, high: 0 }, whole), null);
  assert.equal(intervals({ column: "obsid", values: [2n ** 63n - 1n] }, whole), null);
  assert.equal(intervals({ column: "obsid", values: ["5"] }, whole), null);
});

test("the planner gets exactly the tiles, and none without a match", () => {
  /** @type {any} */
  const meta = {
    name: "t",
    position: { ra: "ra", dec: "dec" },
    columns: ["a", "b", "c", "d", "ra", "dec"].map((name) => ({ name, datatype: "double", arraysize: null })),
    partitions: [
      {
        path: "p0",
        size: 400,
        rows: 30,
        footer: 304,
        tiles: [
          [4, 100, 10, 0, 9],
          [104, 100, 10, 9, 19],
          [204, 100, 10, 20, 29],
        ],
      },
      {
        path: "p1",
        size: 300,
        rows: 15,
        footer: 204,
        tiles: [
          [4, 100, 10, 100, 199],
          [104, 100, 5, 300, 399],
        ],
      },
    ],
  };
  const runs = runsAmong(meta, null, new Set([0, 2, 3, 4]), true);
  assert.deepEqual(runs, [
    { partition: 0, first: 0, last: 0 },
    { partition: 0, first: 2, last: 2 },
    { partition: 1, first: 0, last: 1 },
  ]);
  const sql = scattered(meta, runs, (path) => path);
  assert.match(
    sql,
    /\['p0'\].*WHERE file_row_number BETWEEN 0 AND 9 OR file_row_number BETWEEN 20 AND 29 UNION ALL/,
  );
  assert.match(sql, /FROM read_parquet\(\['p1'\], hive_partitioning = false\) LIMIT \d+\)$/);
  // A column of that name would be taken for the row numbers.
  const own = { ...meta, columns: [{ name: "File_Row_Number", datatype: "long" }] };
  const whole = scattered(own, runs, (path) => path);
  assert.match(whole, /FROM read_parquet\(\['p0', 'p1'\], hive_partitioning = false\)\)$/);
  assert.doesNotMatch(whole, /file_row_number/);
  assert.deepEqual(runsAmong(meta, [[150, 160]], new Set([0, 3, 4]), true), [
    { partition: 1, first: 0, last: 0 },
  ]);
  assert.deepEqual(runsAmong(meta, null, new Set(), true), []);
  assert.match(
    scattered(meta, [], (path) => path),
    /WHERE false\)$/,
  );
  // By pixels, a tile that shares one with the next includes that one.
  assert.deepEqual(runsAmong(meta, null, new Set([0]), false), [{ partition: 0, first: 0, last: 1 }]);
  assert.ok(
    canNumber(meta, ["a", "b"]) &&
      !canNumber(meta, null) &&
      !canNumber(meta, ["a", "b", "c", "d", "ra", "dec"]),
  );
  assert.ok(!canNumber({ ...meta, columns: [...meta.columns, { name: "File_Row_Number" }] }, ["a"]));
});

const PYTHON = `
import base64, io, json, sys
import pyarrow as pa, pyarrow.parquet as pq
def file(ids, kind, page):
    out = io.BytesIO()
    schema = pa.schema([pa.field("id", kind, nullable=False), pa.field("tile", pa.int32(), nullable=False)])
    table = pa.table([pa.array([i for i, _ in ids], kind), pa.array([t for _, t in ids], pa.int32())], schema=schema)
    how = "DELTA_BYTE_ARRAY" if kind == pa.string() else "DELTA_BINARY_PACKED"
    pq.write_table(table, out, row_group_size=page, compression="none", use_dictionary=False, store_schema=False,
        column_encoding={"id": how, "tile": "DELTA_BINARY_PACKED"}, write_statistics=["id"])
    data = out.getvalue()
    meta = pq.read_metadata(io.BytesIO(data))
    last = meta.row_group(meta.num_row_groups - 1)
    footer = max(last.column(c).data_page_offset + last.column(c).total_compressed_size for c in range(2))
    return {"data": base64.b64encode(data).decode(), "footer": footer, "first": str(ids[0][0]), "last": str(ids[-1][0])}
numbers = sorted([(-2**63, 1), (-1, 2), (0, 3), (0, 4), (2**53 + 1, 5), (2**63 - 1, 6)] + [(i * 10**12, i % 50) for i in range(1, 900)])
texts = sorted([("", 1), ("it's", 2), ("\\ufeffa", 3), ("\\uffee", 4), ("\\U0001f52d", 5), ("\\U0001f52d", 6)] + [(f"J{i:05}", i % 50) for i in range(900)], key=lambda e: e[0].encode())
wide = [(i * 10**16, i % 50) for i in range(1, 1844)] + [(2**64 - 1, 7)]
json.dump({"numbers": file(numbers, pa.int64(), 100), "texts": file(texts, pa.string(), 100), "wide": file(wide, pa.uint64(), 100)}, sys.stdout)
`;
const python = spawnSync("python3", ["-c", PYTHON], { encoding: "utf8" });

test("ids are found in pages, exact to the last bit", async () => {
  assert.equal(python.status, 0, python.stderr);
  const files = JSON.parse(python.stdout);
  /** @type {any} */
  const meta = { columns: [], ids: [] };
  for (const [name, { data, ...about }] of Object.entries(files)) {
    meta.columns.push({ name, datatype: name === "texts" ? "string" : "long", missing: [] });
    const size = Buffer.from(data, "base64").length;
    meta.ids.push({ column: name, rows: 0, files: [{ path: name, size, ...about }] });
  }
  let bytes = 0;
  const read = async (/** @type {any[]} */ ranges) =>
    ranges.map(({ path, offset, length }) => {
      bytes += length;
      return new Uint8Array(Buffer.from(files[path].data, "base64").subarray(offset, offset + length));
    });
  const lookup = new IdLookup(meta);
  const find = async (/** @type {any[]} */ where, most = Infinity) => {
    const tiles = await lookup.tiles(where, most, read);
    return tiles && [...tiles].sort((a, b) => a - b);
  };
  const ask = (/** @type {string} */ column, /** @type {any[]} */ ...values) => find([{ column, values }]);
  assert.deepEqual(await ask("numbers", -(2n ** 63n)), [1]);
  assert.deepEqual(await ask("numbers", 0n), [3, 4]);
  assert.deepEqual(await ask("numbers", 2n ** 53n + 1n, 2n ** 63n - 1n), [5, 6]);
  assert.deepEqual(await ask("numbers", 2n ** 53n, 7n), []);
  assert.deepEqual(await ask("numbers", 1.5), []);
  assert.deepEqual(await find([{ column: "numbers", low: 10n ** 12n, high: 3n * 10n ** 12n }]), [1, 2, 3]);
  assert.deepEqual(await ask("texts", ""), [1]);
  assert.deepEqual(await ask("texts", "it's", "\ufeffa", "\uffee"), [2, 3, 4]);
  assert.deepEqual(await ask("texts", "🔭"), [5, 6]);
  assert.deepEqual(await ask("texts", "a", "J00000x", "\u{10ffff}"), []);
  assert.deepEqual(await ask("wide", 2n ** 64n - 1n), [7]);
  assert.deepEqual(await ask("wide", 1844n * 10n ** 16n, 1843n * 10n ** 16n, 5n), [43]);
  assert.deepEqual(
    await find([
      { column: "numbers", values: [0n] },
      { column: "texts", values: ["\uffee"] },
    ]),
    [4],
  );
  assert.equal(await find([{ column: "elsewhere", values: [1n] }]), null);
  const before = bytes;
  assert.equal(await find([{ column: "numbers", low: 0n, high: 10n ** 15n }], 1000), null);
  assert.equal(bytes, before);
});
