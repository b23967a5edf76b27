/** The parts of the result table that need no page: order, marks, tall scrolling, blocks, expressions, links. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Blocks } from "../src/results/table/blocks.js";
import { shortError } from "../src/results/query/add-computed.js";
import { placesFor } from "../src/results/table/row-links.js";
import { RowOrder } from "../src/results/query/order.js";
import { Selection } from "../src/results/table/selection.js";
import { TALLEST, Tall } from "../src/results/table/tall.js";
import { parseComputed, readExpression, readName, writeComputed } from "../src/search/computed.js";

const COLUMNS = [
  { name: "mag_g", datatype: "float", missing: [99] },
  { name: "mag_r", datatype: "float" },
  { name: "select", datatype: "double" },
];

test("rows are in the given order", () => {
  const order = new RowOrder(Uint32Array.of(5, 2, 9), 3);
  assert.deepEqual([...order], [5, 2, 9]);
  assert.deepEqual(order.slice(1, 9), [2, 9]);
  assert.equal(order.find(9), 2);
  assert.equal(order.find(1), -1);
  assert.deepEqual(new RowOrder(null, 4).slice(2, 4), [2, 3]);
});

test("marks are a set of rows, also a million of them", async () => {
  const marks = new Selection();
  let changes = 0;
  marks.addEventListener("change", () => changes++);
  marks.set([3, 31, 32, 33, 999_999]);
  assert.deepEqual([...marks], [3, 31, 32, 33, 999_999]);
  marks.toggle(31);
  marks.remove([3, 4]);
  assert.equal(marks.size, 3);
  assert.equal(
    await marks.condition(/** @type {any} */ (null)),
    '("_row" BETWEEN 32 AND 33 OR "_row" IN (999999))',
  );
  marks.invert(new RowOrder(null, 1_000_000));
  assert.equal(marks.size, 999_997);
  assert.ok(!marks.has(999_999) && marks.has(0));
  assert.equal(changes, 4);
  marks.clear();
  assert.equal(await marks.condition(/** @type {any} */ (null)), "");
});

test("a table taller than the browser's limit scrolls to every row", () => {
  const tall = new Tall();
  tall.resize(28_000_000, 700);
  assert.equal(tall.height, TALLEST);
  tall.moved(TALLEST - 700);
  assert.equal(tall.top, 28_000_000 - 700);
  assert.ok(Math.abs(tall.to(14_000_000) - (TALLEST - 700) / 2) < 1000);
  tall.moved(tall.at + 100);
  assert.equal(tall.top, 14_000_100);
  tall.resize(5000, 700);
  assert.equal(tall.moved(1234), 1234);
});

test("blocks: the last request is fetched, those in between are not", async () => {
  /** @type {number[]} */
  const read = [];
  const blocks = new Blocks(
    100_000,
    async (first, end) => {
      read.push(first);
      return Array.from({ length: end - first }, (_, i) => [first + i]);
    },
    () => {},
    assert.fail,
  );
  const done = blocks.want(0, 50);
  blocks.want(40_000, 40_010);
  blocks.want(99_990, 100_000);
  await done;
  assert.deepEqual(read, [0, 99_800]);
  assert.deepEqual(blocks.get(99_995), [99_995]);
  assert.equal(blocks.get(40_000), undefined);
});

test("an expression concerns one row, and missing values are NULL", () => {
  const { sql, words } = readExpression("mag_g - Mag_R", COLUMNS);
  assert.match(sql, /^\(CASE WHEN "mag_g" IN \(.*99.*\) THEN NULL ELSE "mag_g" END\) - Mag_R$/);
  assert.deepEqual([...words], ["mag_g", "mag_r"]);
  for (const fine of [
    "'a;b' || 'c--d'",
    '"select" * 2',
    "extract(year FROM mag_r)",
    "mag_r IS DISTINCT FROM 1",
  ])
    assert.ok(readExpression(fine, COLUMNS).sql);
  for (const bad of [
    "",
    "1; DROP TABLE x",
    "(SELECT 1)",
    "(FROM range(3))",
    "1) FROM x --",
    "mag_r -- no",
    "read_text('x')",
    "getenv('HOME')",
    "rank() OVER (ORDER BY mag_r)",
    "exists(values (1))",
    "(1",
    "'open",
  ])
    assert.throws(() => readExpression(bad, COLUMNS), { name: "Refused" }, bad);
  assert.match(
    shortError("Binder Error: aggregate functions are not allowed in alter statement\n\nLINE 1: x"),
    /^aggregate/,
  );
  assert.equal(readName(" colour ", ["ra"]), "colour");
  assert.throws(() => readName("RA", ["ra"]));
});

test("computed columns in an address are read back the same", () => {
  const list = [
    { name: "colour", unit: "mag", expression: "mag_g - mag_r" },
    { name: 'odd: "x"', unit: "", expression: "'a;b' || \"c;d\"" },
  ];
  assert.deepEqual(parseComputed(writeComputed(list)), list);
  assert.throws(() => parseComputed("no expression"));
});

test("links to other sites contain the position in degrees, and there are none without one", () => {
  const [simbad] = placesFor(150.1, -2.25);
  assert.match(simbad.address, /^https:\/\/simbad\.cds\.unistra\.fr\/.*Coord=150\.1%20-2\.25&/);
  assert.match(placesFor(10, 1e-7)[0].address, /10%20%2B0\.0000001&/);
  assert.deepEqual(placesFor(null, 1), []);
  assert.deepEqual(placesFor(-9999, -9999), []);
});
