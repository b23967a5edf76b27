import assert from "node:assert/strict";
import { test } from "node:test";
import {
  tableFromArrays,
  vectorFromArray,
  Table,
  Utf8,
  Bool,
  Int64,
  List,
  Field,
  Float64,
} from "apache-arrow";
import { argumentsOf } from "../src/notebook/bridge/answers.js";
import { buffersOf, columnsOf, sendable } from "../src/notebook/bridge/arrays.js";
import { withoutFormulas } from "../src/notebook/cells/markdown.js";
import { TABLE, readNotebook, tableOf, tableText, writeNotebook } from "../src/notebook/ipynb.js";
import { fromAddress, toAddress } from "../src/notebook/keep.js";
import { neededBy, wholeOf } from "../src/notebook/worker/packages.js";
import { cellOf } from "../src/results/recipes/in-python.js";

/** @param {object[]} cells */
const file = (cells) => JSON.stringify({ cells, metadata: { a: 1 }, nbformat: 4, nbformat_minor: 5 });

test("a notebook is read and written with what the page does not know of it", () => {
  const cell = {
    cell_type: "code",
    id: "one",
    metadata: { tags: ["x"] },
    execution_count: 3,
    source: ["a\n", "b"],
    outputs: [{ output_type: "stream", name: "stdout", text: ["1\n", "2"] }],
  };
  const read = readNotebook(file([cell, { ...cell, id: "one" }, { cell_type: "raw", source: "r" }, {}]));
  assert.deepEqual(
    read.cells.map(({ kind, source }) => [kind, source]),
    [
      ["code", "a\nb"],
      ["code", "a\nb"],
      ["raw", "r"],
    ],
  );
  assert.notEqual(read.cells[0].id, read.cells[1].id);
  const written = JSON.parse(writeNotebook(read));
  assert.deepEqual(written.cells[0], cell);
  assert.equal(written.metadata.a, 1);
  assert.equal(written.nbformat_minor, 5);
  assert.deepEqual(readNotebook(JSON.stringify(written)).cells, read.cells);
});

test("of a stranger's outputs only text and pictures are kept", () => {
  const data = (/** @type {object} */ all) => ({ output_type: "display_data", data: all, metadata: {} });
  const outputs = [
    data({ "text/html": "<b>", "text/plain": "b" }),
    data({ "image/svg+xml": "<svg onload=alert(1)>" }),
    data({ "image/svg+xml": ['<svg xmlns="http://www.w3.org/2000/svg">', "<script/></svg>"] }),
    data({ "image/png": "not base64!", "text/plain": "p" }),
    data({ "image/png": "aGk=\n" }),
    { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[1;31mE\u001b[0m"] },
    { output_type: "update", data: 3 },
    null,
  ];
  const [cell] = readNotebook(file([{ cell_type: "code", source: "", outputs }])).cells;
  assert.deepEqual(cell.outputs, [
    { type: "data", mime: "text/plain", data: "b" },
    { type: "data", mime: "image/svg+xml", data: '<svg xmlns="http://www.w3.org/2000/svg"></svg>' },
    { type: "data", mime: "text/plain", data: "p" },
    { type: "data", mime: "image/png", data: "aGk=" },
    { type: "stream", name: "stderr", text: "E\n" },
  ]);
});

/** A table as Python sends it: 25 rows, of which two are shown. */
const SHOWN = {
  rows: 25,
  columns: [
    { name: "obsid", type: "BIGINT", unit: null, description: null },
    { name: "<b>z", type: "DOUBLE", unit: "km/s", description: "a <i>redshift</i>" },
  ],
  shown: [0, 24],
  cells: [
    ["1234567890123456789", "0.1"],
    ["2", null],
  ],
};

test("tables and plots are the same after the page has kept them", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg">\n<path d="M0 0"/>\n</svg>';
  /** @type {import("../src/notebook/ipynb.js").Kept[]} */
  const outputs = [
    { type: "data", mime: TABLE, data: JSON.stringify(SHOWN) },
    { type: "data", mime: "image/svg+xml", data: svg },
    { type: "data", mime: "image/png", data: "aGk=" },
  ];
  const [cell] = readNotebook(file([{ cell_type: "code", source: "" }])).cells;
  const again = readNotebook(writeNotebook({ cells: [{ ...cell, outputs }], metadata: {} }));
  assert.deepEqual(again.cells[0].outputs, outputs);
});

test("of a stranger's table only text is kept, and what is no table is shown as its text", () => {
  const more = { ...SHOWN, html: "<script>", columns: SHOWN.columns.map((one) => ({ ...one, onload: "x" })) };
  assert.deepEqual(JSON.parse(tableOf(more) ?? ""), SHOWN);
  const odd = tableOf({ ...SHOWN, columns: [{ name: 3, unit: {} }, {}] });
  assert.equal(JSON.parse(odd ?? "").columns[0].name, "");
  const many = Array.from({ length: 100_001 }, () => ["1", "2"]);
  const wrong = [
    { cells: [["1", 2]] },
    { cells: [["1"], ["2"]] },
    { cells: [["1", "2"]] },
    { cells: "no" },
    { rows: -1 },
    { rows: 1e300 },
    { shown: ["0", "1"] },
    { columns: [null, {}] },
    { cells: many, shown: many.map((_, i) => i) },
  ];
  for (const parts of wrong) {
    const bundle = { [TABLE]: { ...SHOWN, ...parts }, "text/plain": "as text" };
    const outputs = [{ output_type: "display_data", data: bundle, metadata: {} }];
    const [cell] = readNotebook(file([{ cell_type: "code", source: "", outputs }])).cells;
    assert.deepEqual(cell.outputs, [{ type: "data", mime: "text/plain", data: "as text" }]);
  }
});

test("what is not a notebook is refused", () => {
  for (const text of ["", "[]", "null", "{}", '{"cells": {}, "nbformat": 4}', '{"cells": [], "nbformat": 3}'])
    assert.throws(() => readNotebook(text), /not a notebook/);
});

test("short notebooks are in addresses, long ones are not", () => {
  const [one] = readNotebook(file([{ cell_type: "code", source: "print('%,:&#')\n\u2028" }])).cells;
  const query = toAddress([one]);
  assert.deepEqual(fromAddress(`?${query}`), [{ kind: "code", source: one.source }]);
  assert.equal(toAddress([{ ...one, source: "x".repeat(9000) }]), null);
  for (const wrong of ["", "?cells=", "?cells=3", "?cells={", "?cells=%22a%22"])
    assert.equal(fromAddress(wrong), null);
  assert.deepEqual(fromAddress('?cells=[["m"],["q","a"],3]'), [{ kind: "code", source: "a" }]);
});

test("formulas are taken out of text, not of code", () => {
  /** @type {{ tex: string, display: boolean }[]} */
  const found = [];
  const text = withoutFormulas("$a$ and `$b$`, 3$ or 4$\n```\n$$c$$\n```\n$$d$$ \\(e\\)", found);
  assert.deepEqual(found, [
    { tex: "a", display: false },
    { tex: "d", display: true },
    { tex: "e", display: false },
  ]);
  assert.match(text, /`\$b\$`, 3\$ or 4\$\n```\n\$\$c\$\$\n```/);
});

test("ids in requests keep their last digits", () => {
  assert.equal(argumentsOf('{"id": 1234567890123456789, "set": null}').id, "1234567890123456789");
  assert.equal(argumentsOf('{"sql": "SELECT \\"id\\": 3"}').sql, 'SELECT "id": 3');
});

test("types that cannot be sent become text", () => {
  const columns = [
    { name: "a", type: "BIGINT" },
    { name: 'b"', type: "DECIMAL(18,3)" },
    { name: "c", type: "FLOAT[3]" },
  ];
  assert.equal(sendable("Q", columns.slice(0, 1)), "Q");
  assert.equal(
    sendable("Q", columns),
    'SELECT "a", CAST("b""" AS VARCHAR) AS "b""", CAST("c" AS FLOAT[]) AS "c" FROM (Q\n)',
  );
});

test("columns become typed arrays, whatever batches they come in", () => {
  const made = new Table({
    id: vectorFromArray([9007199254740993n, null, -1n], new Int64()),
    word: vectorFromArray(["ü", null, ""], new Utf8()),
    truth: vectorFromArray([true, null, false], new Bool()),
    list: vectorFromArray([[1, null], null, []], new List(new Field("item", new Float64(), true))),
  });
  const columns = [
    { name: "id", type: "BIGINT" },
    { name: "word", type: "VARCHAR" },
    { name: "truth", type: "BOOLEAN" },
    { name: "list", type: "DOUBLE[]" },
  ];
  const batches = [...made.batches, ...made.batches, ...made.slice(1).batches];
  const [id, word, truth, list] = columnsOf(batches, columns);
  const present = [1, 0, 1, 1, 0, 1, 0, 1];
  for (const { valid } of [id, word, truth, list]) assert.deepEqual([.../** @type {any} */ (valid)], present);
  const ids = /** @type {BigInt64Array} */ (id.values);
  assert.deepEqual(
    [...ids].filter((_, i) => present[i]),
    [9007199254740993n, -1n, 9007199254740993n, -1n, -1n],
  );
  assert.equal(new TextDecoder().decode(/** @type {Uint8Array} */ (word.values)), "üü");
  assert.deepEqual([.../** @type {any} */ (word.offsets)], [0, 2, 2, 2, 4, 4, 4, 4, 4]);
  assert.deepEqual(
    [.../** @type {Uint8Array} */ (truth.values)].filter((_, i) => present[i]),
    [1, 0, 1, 0, 0],
  );
  assert.deepEqual([.../** @type {any} */ (list.offsets)], [0, 2, 2, 2, 4, 4, 4, 4, 4]);
  const inner = /** @type {any} */ (list.values);
  assert.deepEqual([...inner.valid], [1, 0, 1, 0]);
  assert.equal(inner.values[2], 1);
  assert.equal(buffersOf([id, word, truth, list]).length, 11);
  const plain = tableFromArrays({ a: Float32Array.of(0.5, 1.5) });
  const [a] = columnsOf(plain.batches, [{ name: "a", type: "FLOAT" }]);
  assert.equal(a.valid, null);
  assert.deepEqual(a.values, Float32Array.of(0.5, 1.5));
});

test("a start loads the packages that the cells name, or all where that is not known", () => {
  const lock = {
    numpy: { imports: ["numpy"] },
    matplotlib: { imports: ["pylab", "matplotlib"] },
    pillow: { imports: ["PIL"] },
    pandas: { imports: ["pandas"] },
    astropy: { imports: ["astropy"] },
    openblas: { imports: [] },
  };
  const all = Object.keys(lock);
  assert.deepEqual(neededBy(all, lock, "print(1)"), []);
  assert.deepEqual(neededBy(all, lock, "import drportal"), ["numpy", "astropy"]);
  assert.deepEqual(neededBy(["numpy", "matplotlib"], lock, "import drportal"), ["numpy"]);
  assert.deepEqual(neededBy(all, lock, "from matplotlib import pyplot"), ["matplotlib"]);
  assert.deepEqual(neededBy(all, lock, "exec(text)"), all);
  // a frame draws with Matplotlib, which its cell does not name
  assert.deepEqual(neededBy(all, lock, "import pandas as pd"), all);
  assert.deepEqual(neededBy(all, lock, "rows.to_pandas().hist()"), all);
});

test("packages are read with all that they depend on", () => {
  const lock = {
    numpy: { imports: ["numpy"], depends: [] },
    pillow: { imports: ["PIL"] },
    contourpy: { imports: ["contourpy"], depends: ["numpy"] },
    matplotlib: { imports: ["matplotlib"], depends: ["contourpy", "Pillow"] },
    scipy: { imports: ["scipy"], depends: ["numpy"] },
  };
  const all = ["Pillow", "contourpy", "matplotlib", "numpy", "scipy"];
  assert.deepEqual(wholeOf(all, lock, "print(1)"), []);
  assert.deepEqual(wholeOf(all, lock, "import matplotlib"), ["Pillow", "contourpy", "matplotlib", "numpy"]);
  assert.deepEqual(wholeOf(all, lock, "import scipy"), ["numpy", "scipy"]);
});

test("a table as text has its first and last rows", () => {
  const table = { rows: 3, columns: [{ name: "a", unit: "deg" }], shown: [0, 2], cells: [["1"], [null]] };
  assert.equal(tableText(JSON.stringify(table)), "a [deg]\n      1\n…\n     --\n3 rows");
});

test("a statement becomes a cell that runs", () => {
  const source = cellOf({ sql: 'SELECT """ FROM lrs', catalogues: [] });
  assert.match(String(source), /^import drportal\n\nrows = await drportal\.sql\("""/);
});
