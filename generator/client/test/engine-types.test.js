import assert from "node:assert/strict";
import test from "node:test";
import { carried } from "../src/engine/carried.js";

test("types that the engine does not return unchanged become text, nested ones too", () => {
  for (const [type, plain] of [
    ["INTERVAL", "VARCHAR"],
    ["BIT[]", "VARCHAR[]"],
    ["INTERVAL[3]", "VARCHAR[3]"],
    ["UHUGEINT", "VARCHAR"],
    ["TIME WITH TIME ZONE", "VARCHAR"],
    ["MAP(INTERVAL, BIT)", "MAP(VARCHAR, VARCHAR)"],
    ["UNION(a INTERVAL, b STRUCT(c BIT))[]", "VARCHAR[]"],
    ["ENUM('it''s', 'INTERVAL)', 'b')", "VARCHAR"],
    ["STRUCT(e ENUM('a'), i INTERVAL[])", "STRUCT(e VARCHAR, i VARCHAR[])"],
  ])
    assert.equal(carried(type), plain);
  for (const type of [
    'STRUCT("interval" INTEGER, "A ""BIT" DOUBLE, "INTERVAL" VARCHAR)',
    "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP_NS[]",
    "DECIMAL(38,2)",
    "HUGEINT",
    "MAP(VARCHAR, TIME)",
    "TIME_NS",
  ])
    assert.equal(carried(type), type);
});
