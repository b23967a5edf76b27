import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlan } from "../src/reading/duckdb-plan.js";
import { isSettled, keyOf, runsOfBounded, tilesInOrder, tilesOfFirst } from "../src/reading/first-rows.js";

/** @param {string} name @param {any} info @param {...any} children */
const node = (name, info, ...children) => ({ name, extra_info: info, children });
const scan = (/** @type {string[]} */ filters = []) =>
  node("READ_PARQUET", { Projections: ["z", "teff"], Filters: filters });
const plan = (/** @type {any} */ root) => readPlan(JSON.stringify([root])).first;
const ORDER = { Top: "20", Offset: "5", "Order By": "memory.main.lrs.z DESC" };

test("the rows that alone matter to a statement are in its plan", () => {
  const expected = { conditions: ["teff>5000.0"], order: ["z DESC"], rows: 25 };
  const top = node("TOP_N", ORDER, scan(["teff>5000.0", "optional: Dynamic Filter (z)"]));
  assert.deepEqual(plan(top), expected);
  assert.deepEqual(plan(node("CREATE_TABLE_AS", {}, node("PROJECTION", {}, top))), expected);
  const join = { Conditions: ["file_row_number = file_row_number"] };
  assert.deepEqual(plan(node("ORDER_BY", {}, node("HASH_JOIN", join, scan(), top))), expected);
  const tested = node("TOP_N", ORDER, node("FILTER", { Expression: "(abs(z) > 1)" }, scan()));
  assert.deepEqual(plan(tested)?.conditions, ["(abs(z) > 1)"]);
  for (const other of [
    node("TOP_N", ORDER, node("HASH_GROUP_BY", {}, scan())),
    node("TOP_N", ORDER, node("HASH_JOIN", {}, scan(), scan())),
    node("TOP_N", ORDER, node("WINDOW", {}, scan())),
    node("TOP_N", ORDER, node("STREAMING_SAMPLE", {}, scan())),
    node("HASH_JOIN", { Conditions: ["a = a"] }, scan(), top),
    node("UNION", {}, top, top),
    node("HASH_JOIN", join, node("PROJECTION", {}, scan()), top),
    scan(),
  ])
    assert.equal(plan(other), null, JSON.stringify(other));
});

test("rows are ordered by a column, NULL last", () => {
  const key = (/** @type {string} */ order) => keyOf([order, "id ASC"]);
  assert.deepEqual(key("z DESC"), { column: "z", value: "z", descending: true });
  assert.equal(key('"my "" z" ASC')?.column, 'my " z');
  const masked = "CASE  WHEN ((z IN (-9999))) THEN (NULL) ELSE z END";
  assert.deepEqual(key(`${masked} ASC`), { column: "z", value: masked, descending: false });
  for (const other of ["abs(z) DESC", "-z ASC", "z + teff ASC", "z", "#3 DESC", ""])
    assert.equal(key(other), null);
  const top = { order: ["z DESC"], conditions: ["z > 1"], rows: 3 };
  assert.ok(isSettled(top, "FROM lrs ORDER BY z DESC"));
  assert.ok(!isSettled(top, "FROM lrs ORDER BY z DESC nulls/**/first"));
  assert.ok(!isSettled({ ...top, conditions: ["(random() < 0.5)"] }, ""));
  assert.ok(!isSettled({ ...top, order: ["random() ASC"] }, ""));
});

/** Values of a catalogue of many tiles, some NULL, many alike. @param {() => number} random @param {boolean} long */
function made(random, long) {
  const value = () => (random() < 0.1 ? null : Math.floor(random() ** 4 * 500) - 100);
  const tiles = Array.from({ length: 90 }, (_, n) =>
    Array.from({ length: 3 + Math.floor(random() * 8) }, () => (n % 17 ? value() : null)),
  );
  const bound = (/** @type {number} */ one) => (long ? BigInt(one) : one);
  const footer = (/** @type {(number | null)[][]} */ some) =>
    some.map((rows) => {
      const all = /** @type {number[]} */ (rows.filter((one) => one !== null));
      const [min, max] = all.length ? [Math.min(...all), Math.max(...all)].map(bound) : [];
      return new Map([["z", { offset: 0, length: 1, min, max, nulls: rows.length - all.length }]]);
    });
  const parts = [tiles.slice(0, 40), tiles.slice(40)];
  const partitions = parts.map((some) => ({ tiles: some.map((rows) => [0, 1, rows.length, null, null]) }));
  /** @type {any} */
  const meta = { partitions, columns: [{ name: "z", datatype: long ? "long" : "double" }] };
  const runs = parts.map((some, partition) => ({ partition, first: 0, last: some.length - 1 }));
  return {
    meta,
    runs,
    parts,
    footers: async (/** @type {number} */ one) => /** @type {any} */ (footer(parts[one])),
  };
}

test("the tiles left have all rows that come first: NULL, ties, conditions, both directions", async () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  let less = 0;
  for (let trial = 0; trial < 200; trial++) {
    const { meta, runs, parts, footers } = made(random, trial % 2 === 0);
    const descending = random() < 0.5;
    const rows = 1 + Math.floor(random() * 30);
    const odd = random() < 0.3 ? (/** @type {number} */ one) => one % 3 === 0 : () => true;
    const sorted = (/** @type {(number | null)[]} */ all) =>
      /** @type {number[]} */ (all.filter((one) => one !== null && odd(one))).sort((a, b) =>
        descending ? b - a : a - b,
      );
    const tiles = await tilesInOrder(meta, runs, footers, { column: "z", descending }, []);
    assert.ok(tiles);
    const left = await tilesOfFirst(tiles, { descending }, rows, async (some) => {
      const last = sorted(some.flatMap(({ partition, tile }) => parts[partition][tile]))[rows - 1];
      return last === undefined ? null : trial % 2 ? last : BigInt(last);
    });
    if (!left) continue;
    less++;
    const found = left.flatMap(({ partition, tile }) => parts[partition][tile]);
    const expected = sorted(parts.flat(2)).slice(0, rows);
    assert.deepEqual(sorted(found).slice(0, rows), expected);
    // with all rows that are equal to the last one
    const ties = (/** @type {(number | null)[]} */ all) =>
      all.filter((one) => one === expected.at(-1)).length;
    assert.equal(ties(found), ties(parts.flat(2)));
  }
  assert.ok(less > 40, `${less} of 200 read less`);
});

test("tiles are left out by other columns, and nothing is left out where bounds do not say", async () => {
  const chunk = (/** @type {any} */ more) => new Map([["z", { offset: 0, length: 1, nulls: 0, ...more }]]);
  const footer = [chunk({ min: 1, max: 9 }), chunk({ min: 2, max: 20 }), chunk({ min: 3, max: 5 })];
  /** @type {any} */
  const meta = {
    partitions: [{ tiles: footer.map(() => [0, 1, 10, null, null]) }],
    columns: [{ name: "z", datatype: "float" }],
  };
  const runs = [{ partition: 0, first: 0, last: 2 }];
  const read = (/** @type {any} */ groups, descending = true, /** @type {any[]} */ where = []) =>
    tilesInOrder(meta, runs, async () => groups, { column: "z", descending }, where);
  assert.deepEqual(
    (await read(footer))?.map(({ tile }) => tile),
    [1, 0, 2],
  );
  assert.deepEqual(
    (await read(footer, false))?.map(({ tile }) => tile),
    [0, 1, 2],
  );
  assert.deepEqual(
    (await read(footer, true, [{ column: "z", low: 6 }]))?.map(({ tile }) => tile),
    [1, 0],
  );
  assert.equal(await read([...footer.slice(1), chunk({ min: "a", max: "b" })]), null);
  assert.equal(await read([...footer.slice(1), chunk({})]), null);
  meta.columns[0].datatype = "string";
  assert.equal(await read(footer), null);
  assert.deepEqual(
    runsOfBounded([
      { partition: 1, tile: 0, bound: 1, rows: 1 },
      { partition: 0, tile: 2, bound: 2, rows: 1 },
    ]),
    [
      { partition: 0, first: 2, last: 2 },
      { partition: 1, first: 0, last: 0 },
    ],
  );
});
