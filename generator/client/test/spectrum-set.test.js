import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { partOf } from "../src/spectrum/data/part.js";
import { rowsOf } from "../src/spectrum/data/rowgroup.js";
import { batchesOf, packPath } from "../src/reading/spectra.js";
import { parseId } from "../src/spectrum/data/ids.js";
import { pickedSource } from "../src/spectrum/data/pack-sources.js";

const PYTHON = `
import base64, io, json, math, sys
import pyarrow as pa, pyarrow.parquet as pq
lists = lambda kind: pa.list_(pa.field("element", kind, nullable=False))
schema = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("grid", pa.int32()), pa.field("header", pa.string()),
    pa.field("wavelength", lists(pa.float64())), pa.field("flux", lists(pa.float32())), pa.field("ivar", lists(pa.float32())),
    pa.field("mask", lists(pa.int64()))])
table = pa.table({"id": ["\\ufeff光"] * 4, "grid": [None, 3, None, None], "header": ['{"z": 1}', None, None, None],
    "wavelength": [[3.5, 0.1], None, [], [1.0]], "flux": [[-0.0, math.nan], [math.inf, 1e-45, 7.0], [], [5.0]],
    "ivar": [None] * 4, "mask": [[2**62, -1], None, None, [0]]}, schema=schema)
out = io.BytesIO()
leaves = {n: f"{n}.list.element" for n in ("wavelength", "flux", "ivar", "mask")}
packed = {leaves[n]: "DELTA_BINARY_PACKED" if n == "mask" else "BYTE_STREAM_SPLIT" for n in leaves}
pq.write_table(table, out, row_group_size=3, compression={"id": "none", "grid": "none", "header": "zstd"} | {v: "zstd" for v in leaves.values()},
    use_dictionary=False, column_encoding=packed, write_statistics=["id"], store_schema=False, data_page_size=1 << 30)
data = out.getvalue()
last = pq.read_metadata(io.BytesIO(data)).row_group(1).column(6)
json.dump(base64.b64encode(data[4 : last.data_page_offset + last.total_compressed_size]).decode(), sys.stdout)
`;
const python = spawnSync("python3", ["-c", PYTHON], { encoding: "utf8" });

test("row groups are split into rows, exact to the last bit", () => {
  assert.equal(python.status, 0, python.stderr);
  const bytes = new Uint8Array(Buffer.from(JSON.parse(python.stdout), "base64"));
  const column = (/** @type {any[]} */ ...[name, type, array, optional, codec]) => ({
    ...{ name, type, array, optional, codec },
    encoding: "",
  });
  /** @type {any[]} */
  const columns = [
    column("id", "BYTE_ARRAY", false, false, "UNCOMPRESSED"),
    column("grid", "INT32", false, true, "UNCOMPRESSED"),
    column("header", "BYTE_ARRAY", false, true, "ZSTD"),
    column("wavelength", "DOUBLE", true, true, "ZSTD"),
    column("flux", "FLOAT", true, true, "ZSTD"),
    column("ivar", "FLOAT", true, true, "ZSTD"),
    column("mask", "INT64", true, true, "ZSTD"),
  ];
  const rows = rowsOf(columns, bytes);
  assert.deepEqual(
    rows.map(({ id, grid, header }) => [id, grid, header]),
    [
      ["\ufeff光", null, '{"z": 1}'],
      ["\ufeff光", 3, null],
      ["\ufeff光", null, null],
      ["\ufeff光", null, null],
    ],
  );
  assert.deepEqual(
    rows.map(({ wavelength }) => wavelength),
    [new Float64Array([3.5, 0.1]), null, new Float64Array(0), new Float64Array([1])],
  );
  assert.deepEqual(rows[0].flux, new Float32Array([-0, NaN]));
  assert.deepEqual(rows[1].flux, new Float32Array([Infinity, 1e-45, 7]));
  assert.deepEqual(
    rows.map(({ mask }) => mask),
    [new BigInt64Array([2n ** 62n, -1n]), null, null, new BigInt64Array(1)],
  );
  assert.ok(rows.every(({ ivar }) => ivar === null));
  const part = partOf({ ...rows[0], scale: "log10", facts: null }, new Float32Array([3, 4]));
  assert.deepEqual([...part.wavelength], [1000, 10000]);
  assert.deepEqual(Object.keys(part.values), []);
  assert.deepEqual(Object.keys(part.masks), ["mask"]);
  for (const cut of [1, 40, bytes.length >> 1, bytes.length - 1])
    assert.throws(() => rowsOf(columns, bytes.slice(0, cut)), String(cut));
  for (let seed = 1; seed < 200; seed++) {
    const broken = bytes.slice();
    broken[(seed * 7919) % bytes.length] ^= 1 << (seed % 8);
    try {
      rowsOf(columns, broken);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
});

test("ids are exact, and anything else is recognized", () => {
  assert.equal(parseId(" 9223372036854775807 ", "long"), 2n ** 63n - 1n);
  assert.equal(parseId("-9223372036854775808", "long"), -(2n ** 63n));
  assert.equal(parseId("007", "long"), 7n);
  assert.equal(parseId("18446744073709551615", "long", true), 2n ** 64n - 1n);
  assert.equal(parseId("18446744073709551616", "long", true), null);
  for (const text of ["9223372036854775808", "1.5", "1e3", "", "x", "0x10", "1 2", "9".repeat(40)])
    assert.equal(parseId(text, "long"), null, text);
  assert.equal(parseId("007", "string"), "007");
  assert.equal(parseId("", "string"), null);
});

test("many spectra are read in their order on the disk, in pieces of about a megabyte", () => {
  const place = (/** @type {number} */ pack, /** @type {number} */ offset, bytes = 300_000, more = 0) =>
    /** @type {any} */ ({ id: `${pack}/${offset}`, pack, offset, bytes, more });
  const places = [place(2, 4), place(0, 900_004), place(0, 4), place(1, 4, 5_000_000), place(0, 300_004)];
  const ids = batchesOf(places, false).map((batch) => batch.map(({ id }) => id));
  assert.deepEqual(ids, [["0/4", "0/300004", "0/900004"], ["1/4"], ["2/4"]]);
  assert.equal(batchesOf([place(0, 4, 9, 2_000_000), place(0, 5, 9, 9)], false).length, 1);
  assert.equal(batchesOf([place(0, 4, 9, 2_000_000), place(0, 5, 9, 9)], true).length, 2);
  assert.deepEqual(batchesOf([], true), []);
});

test("packs have their paths, and a picked folder is used when all of them are there", async () => {
  assert.equal(packPath(12345), "packs/012/012345.parquet");
  const file = (/** @type {string} */ path, size = 5) =>
    /** @type {any} */ ({ name: path.split("/").at(-1), size, webkitRelativePath: path });
  /** @type {any} */
  const about = {
    name: "packs",
    packs: 2,
    bytes: 10,
    grids: { path: "grids.parquet", size: 3 },
    index: [{ path: "index/0000.parquet", size: 7 }],
  };
  const files = ["000000", "000001"].map((n) => file(`release/data/spectra/packs/packs/000/${n}.parquet`));
  files.push(file("release/data/spectra/packs/grids.parquet", 3), file("x/packs/index/0000.parquet", 7));
  assert.deepEqual(
    [...(pickedSource(about, files)?.files.keys() ?? [])].sort(),
    ["grids.parquet", "index/0000.parquet", "packs/000/000000.parquet", "packs/000/000001.parquet"].map(
      (path) => `data/spectra/packs/${path}`,
    ),
  );
  assert.equal(pickedSource(about, files.slice(1)), null);
  assert.equal(pickedSource({ ...about, bytes: 11 }, files), null);
});
