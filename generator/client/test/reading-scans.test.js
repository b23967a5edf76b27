import assert from "node:assert/strict";
import { test } from "node:test";
import { readings, regionsOf, bound, together } from "../src/reading/scans.js";
import { firstRows } from "../src/reading/tiles.js";
import { knownOfRows, presentValue, presentView } from "../src/catalogue/missing.js";
import { readPlan, unwrapped } from "../src/reading/duckdb-plan.js";

const position = { ra: "ra", dec: "dec" };
const lrs = { name: "lrs", position, columns: ["obsid", "ra", "dec", "teff"].map((name) => ({ name })) };
const mrs = { name: "mrs", position, columns: ["obsid", "ra", "dec", "rv"].map((name) => ({ name })) };
/** @param {string[]} filters @param {string[]} [columns] */
const scan = (filters, columns = ["obsid"]) => ({
  columns,
  named: columns,
  filters,
  conditions: filters,
  limited: false,
  streaming: false,
  top: null,
});
const across = (/** @type {[number, number][]} */ list) =>
  `(${list.map(([a, b]) => `((ra >= ${a}) AND (ra <= ${b}))`).join(" OR ")})`;

test("bounds of filters in the notation of plans", () => {
  assert.deepEqual(bound("dec>=3.0 AND dec<=4.0"), { column: "dec", low: 3, high: 4 });
  assert.deepEqual(bound("((dec >= 3.0) AND (dec <= 4.5e-1))"), { column: "dec", low: 3, high: 0.45 });
  assert.deepEqual(bound("snrg>5.0"), { column: "snrg", low: 5 });
  assert.deepEqual(bound("obsid=9007199254740993"), {
    column: "obsid",
    low: 9007199254740993n,
    high: 9007199254740993n,
  });
  for (const filter of [
    "class='STAR'",
    "optional: ra>=359.9 OR ra<=0.1",
    "ra>=1.0 AND dec<=2.0",
    "(abs(ra) >= 1.0)",
    "ra IS NOT NULL",
    "ra>=1.0 AND ra<=2.0 OR ra>=5.0",
  ])
    assert.equal(bound(filter), null, filter);
});

test("regions of the rows of a scan", () => {
  const box = (/** @type {number} */ a, /** @type {number} */ b) => ({
    type: "box",
    ra_min: a,
    ra_max: b,
    dec_min: 3,
    dec_max: 4,
  });
  const dec = "dec>=3.0 AND dec<=4.0";
  assert.equal(regionsOf(scan(["snrg>5.0"]), position), null);
  assert.equal(regionsOf(scan([dec]), null), null);
  assert.deepEqual(regionsOf(scan([dec]), position), [box(0, 360)]);
  assert.deepEqual(regionsOf(scan([dec, "ra>=10.0"]), position), [box(10, 360)]);
  assert.deepEqual(regionsOf(scan([across([[-350, -349], [10, 11], [370, 371]]), dec]), position), [box(10, 11)]); // prettier-ignore
  assert.deepEqual(
    regionsOf(
      scan([
        across([
          [-361, -359],
          [-1, 1],
          [359, 361],
        ]),
        dec,
      ]),
      position,
    ),
    [box(0, 1), box(359, 360)],
  );
  // filters that are not understood do not narrow
  assert.deepEqual(regionsOf(scan([dec, "(((ra >= 1.0) OR (ra <= 2.0)) OR (dec <= 0.1))"]), position), [
    box(0, 360),
  ]);
  assert.deepEqual(regionsOf(scan(["dec>=5.0 AND dec<=4.0"]), position), []);
});

test("a scan counts for every catalogue that it may belong to", () => {
  const near = ["dec>=3.0 AND dec<=4.0"];
  const scans = [scan(near, ["obsid", "teff"]), scan([], ["obsid"]), scan(near, ["rv"])];
  assert.equal(readings(scans, lrs, [lrs, mrs], null).length, 2);
  assert.equal(readings(scans, mrs, [lrs, mrs], null).length, 2);
  // one of them may be anywhere
  assert.equal(together(readings(scans, lrs, [lrs, mrs], null)), null);
  assert.equal(together(readings([scans[0], scans[2]], lrs, [lrs, mrs], null))?.length, 1);
  // for a single catalogue every scan counts, even with unknown columns
  assert.equal(together(readings([scans[0], scan([], ["file_index"])], lrs, [lrs], null)), null);
  assert.equal(together([]), null);
});

test("plans: scans, functions, and where a LIMIT ends a scan", () => {
  const read = (/** @type {object} */ info) => ({ name: "READ_PARQUET ", children: [], extra_info: info });
  const plan = readPlan(
    JSON.stringify([
      {
        name: "STREAMING_LIMIT",
        extra_info: {},
        children: [{ name: "PROJECTION", extra_info: {}, children: [read({ Projections: ["a", "b"] })] }],
      },
    ]),
  );
  const unfiltered = { filters: [], conditions: [], limited: true, streaming: true, top: null };
  assert.deepEqual(plan.scans, [{ columns: ["a", "b"], named: ["a", "b"], ...unfiltered }]);
  const sorted = readPlan(
    JSON.stringify([
      {
        name: "TOP_N",
        extra_info: {},
        children: [
          { name: "HASH_JOIN", extra_info: {}, children: [
            read({ Projections: "a", Filters: "b>5.0" }),
            { name: "ENABLE_LOGGING", extra_info: { Function: "ENABLE_LOGGING" } },
          ] },
        ],
      },
    ]),
  ); // prettier-ignore
  assert.deepEqual(sorted.scans[0].columns, ["a", "b"]);
  assert.equal(sorted.scans[0].streaming, false);
  assert.ok(sorted.functions.has("enable_logging"));
});

test("plans: the rows that another scan has found are read by their numbers", () => {
  const node = (
    /** @type {string} */ name,
    /** @type {any} */ extra_info,
    /** @type {any[]} */ ...children
  ) => ({
    name,
    extra_info,
    children,
  });
  const scan = node("READ_PARQUET", {
    Projections: ["z", "teff"],
    Filters: [
      "optional: class IN ('STAR')",
      "(CASE  WHEN ((snrg IN (-9.0))) THEN (NULL) ELSE snrg END > 5.0)",
    ],
  });
  const chosen = node(
    "TOP_N",
    { Top: "3", Offset: "4", "Order By": ["#0 ASC", "memory.main.ten.teff DESC"] },
    node(
      "PROJECTION",
      { Projections: ["(z * #1)", "#1", "file_row_number"] },
      node("FILTER", { Expression: "(abs(z) < #1)" }, scan),
    ),
  );
  const join = {
    "Join Type": "SEMI",
    Conditions: ["file_index = file_index", "file_row_number = file_row_number"],
  };
  const outer = node("READ_PARQUET", { Projections: ["z", "teff", "obsid"] });
  const { scans } = readPlan(JSON.stringify([node("ORDER_BY", {}, node("HASH_JOIN", join, outer, chosen))]));
  assert.deepEqual(scans[0].top, {
    conditions: ["(abs(z) < teff)", "(CASE  WHEN ((snrg IN (-9.0))) THEN (NULL) ELSE snrg END > 5.0)"],
    order: ["(z * teff) ASC", "teff DESC"],
    rows: 7,
  });
  assert.equal(scans[1].top, null);
  const [masked] = readings([scans[1]], { ...lrs, columns: [] }, [], null);
  assert.deepEqual(masked.where, [{ column: "snrg", low: 5 }]);
  assert.deepEqual(masked.sure, [], "DuckDB compares a column that is replaced with no bounds of row groups");
  // while the view of the stored values is restricted
  const both =
    "x>=2.9 AND x<=4.1 AND (CASE  WHEN ((x IN (-9.0))) THEN (NULL) ELSE x END BETWEEN 3.0 AND 4.0)";
  const sure = (/** @type {string} */ filter) =>
    readings([{ ...scans[1], conditions: [filter] }], { ...lrs, columns: [] }, [], null)[0].sure;
  assert.deepEqual(sure(both), [{ column: "x", low: 2.9, high: 4.1 }]);
  assert.deepEqual(sure(`(${both}) OR (x = 9.0)`), []);
  assert.deepEqual(sure(`${both} OR x>=9.0`), []);
  const first = node("STREAMING_LIMIT", {}, node("READ_PARQUET", { Projections: "" }));
  const all = readPlan(JSON.stringify([node("HASH_JOIN", join, outer, first)])).scans;
  assert.deepEqual(all[0].top, { conditions: [], order: [], rows: null });
  const two = node("TOP_N", { Top: "3" }, node("HASH_JOIN", {}, scan, scan));
  assert.equal(readPlan(JSON.stringify([node("HASH_JOIN", join, outer, two)])).scans[0].top, null);
});

test("plans: statements of nothing but least and greatest values", () => {
  const node = (
    /** @type {string} */ name,
    /** @type {any} */ extra_info,
    /** @type {any[]} */ ...children
  ) => ({
    name,
    extra_info,
    children,
  });
  const of = (/** @type {string[]} */ aggregates, /** @type {any} */ more = {}) =>
    readPlan(
      JSON.stringify([
        node(
          "STREAMING_LIMIT",
          {},
          node(
            "UNGROUPED_AGGREGATE",
            { Aggregates: aggregates },
            node(
              "PROJECTION",
              { Projections: ["#1", "z", "(z + 1)"] },
              node("READ_PARQUET", { Projections: ["z", "teff"], ...more }),
            ),
          ),
        ),
      ]),
    ).extremes;
  assert.deepEqual(of(["min(#0)", "max(#1)"]), [
    { column: "teff", greatest: false },
    { column: "z", greatest: true },
  ]);
  for (const other of [["min(#0)", "count_star()"], ["min(#2)"], ["avg(#0)"], ["max(#7)"]])
    assert.deepEqual(of(other), [], String(other));
  assert.deepEqual(of(["min(#0)"], { Filters: "z>1.0" }), []);
});

test("the first rows of some runs", () => {
  const meta = /** @type {any} */ ({
    partitions: [{ tiles: [[0, 1, 20], [1, 1, 10], [2, 1, 10]] }, { tiles: [[0, 1, 5]] }],
  }); // prettier-ignore
  const runs = [
    { partition: 0, first: 0, last: 2 },
    { partition: 1, first: 0, last: 0 },
  ];
  assert.deepEqual(firstRows(meta, runs, 25), [{ partition: 0, first: 0, last: 1 }]);
  assert.deepEqual(firstRows(meta, runs, 20), [{ partition: 0, first: 0, last: 0 }]);
  assert.deepEqual(firstRows(meta, runs, 41).length, 2);
  assert.deepEqual(firstRows(meta, runs, 0), []);
});

test("a filter of a column whose missing values are NULL is rewritten for the stored column", () => {
  const masked = "CASE  WHEN ((x IN (-9999.0, -999.0))) THEN (NULL) ELSE x END";
  assert.deepEqual(bound(unwrapped(`(${masked} > 10.0)`)), { column: "x", low: 10 });
  assert.deepEqual(bound(unwrapped(`(${masked} BETWEEN 3.0 AND 4.5)`)), { column: "x", low: 3, high: 4.5 });
  const place = across([[10, 11]]).replaceAll("ra", masked.replaceAll("x", "ra"));
  assert.equal(unwrapped(place), across([[10, 11]]));
  // filters that imply less about the column, or nothing
  for (const filter of [
    `(${masked} IS NULL)`,
    `(${masked} != 5.0)`,
    `(COALESCE(${masked}, 0.0) > 3.0)`,
    "(CASE  WHEN ((y > 1.0)) THEN (y) WHEN ((y < 0.0)) THEN (NULL) ELSE x END > 10.0)",
    "(CASE  WHEN ((y > 1.0)) THEN (0.0) ELSE x END > 10.0)",
    "(CASE  WHEN ((s = ' THEN (NULL) ELSE x END > 10.0')) THEN (5.0) ELSE x END > 10.0)",
  ])
    assert.equal(bound(unwrapped(filter)), null, filter);
});

test("conditions of all rows of a statement apply to the stored values", () => {
  const columns = [
    { name: "f", datatype: "float", missing: [-9999] },
    { name: 'd"', datatype: "double", missing: [-9999], marked: [-9999] },
    { name: "k", datatype: "long", missing: [-9999] },
    { name: "seen", datatype: "double", missing: [-9999], marked: [] },
  ];
  const reading = (/** @type {any[]} */ ...where) => ({ columns: null, where, regions: null, rows: null });
  const f = reading({ column: "f", low: 5.1 });
  assert.equal(knownOfRows([f], columns), `("f" >= CAST('5.1' AS FLOAT))`);
  assert.equal(
    knownOfRows([f, reading({ column: "k", low: 2n ** 53n + 1n, high: 3 })], columns),
    `("f" >= CAST('5.1' AS FLOAT)) OR ("k" >= 9007199254740993)`,
  );
  // one scan may read any row
  assert.equal(knownOfRows([f, reading()], columns), "");
  assert.equal(knownOfRows([], columns), "");
  // DuckDB compares by itself where the view does not replace the column
  assert.equal(knownOfRows([reading({ column: "seen", low: 1 })], columns), "");
  const [, low, high] = /'(.*?)'.*'(.*?)'/.exec(knownOfRows([reading({ column: 'd"', low: 0.1, high: 0.3 })], columns)) ?? []; // prettier-ignore
  assert.ok(Number(low) < 0.1 && Number(high) > 0.3 && Number(low) > 0.0999999);
});

test("the view for free SQL replaces only missing values that occur", () => {
  const column = (/** @type {object} */ more) => ({
    name: "a",
    datatype: "double",
    missing: [-9999, "Non"],
    ...more,
  });
  assert.equal(presentValue(column({ missing: [] })), null);
  assert.equal(presentValue(column({ marked: [] })), null);
  assert.equal(presentValue(column({})), `CASE WHEN "a" IN (CAST('-9999' AS DOUBLE)) THEN NULL ELSE "a" END`);
  assert.match(
    presentValue(column({ datatype: "long", missing: ["18446744073709551615"] })) ?? "",
    /UBIGINT/,
  );
  assert.match(presentValue(column({ datatype: "string", missing: ["it's"] })) ?? "", /IN \('it''s'\)/);
  assert.match(
    presentValue(column({ datatype: "timestamp", missing: ["1900-01-01"] })) ?? "",
    /AS TIMESTAMP/,
  );
  assert.equal(presentValue(column({ datatype: "boolean" })), null);
  assert.match(presentValue(column({ arraysize: "*" })) ?? "", /^\[CASE WHEN _v IN .* FOR _v IN "a"\]$/);
  assert.equal(presentView("t", 't"_raw', []), `VIEW "t" AS SELECT * FROM "t""_raw"`);
});
