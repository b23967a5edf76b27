import assert from "node:assert/strict";
import { test } from "node:test";
import { dateText, decimal, format, shortest, stampText, timeText } from "../src/shared/value-text.js";
import { literal, quoteName } from "../src/engine/quoting.js";
import { isFatal, plain } from "../src/engine/failures.js";

test("32-bit floats are shown by their shortest number", () => {
  for (const text of [
    "0.1",
    "16.75",
    "1e-30",
    "3.4028235e+38",
    "1.1754944e-38",
    "-9999",
    "0.3333333",
    "123456.79",
    "2.5e-41",
  ]) {
    const float = Math.fround(Number(text));
    assert.equal(Math.fround(shortest(float)), float);
    assert.equal(String(shortest(float)), String(Number(text)));
  }
  let x = 1;
  for (let i = 0; i < 20000; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const float = new Float32Array(new Uint32Array([x]).buffer)[0];
    if (Number.isFinite(float)) assert.equal(Math.fround(shortest(float)), float);
  }
});

test("decimals keep every digit", () => {
  const words = (/** @type {bigint} */ v) =>
    new Uint32Array(new BigUint64Array([BigInt.asUintN(64, v), BigInt.asUintN(64, v >> 64n)]).buffer);
  assert.equal(decimal(words(123n), 0, 4, 2), "1.23");
  assert.equal(decimal(words(-5n), 0, 4, 3), "-0.005");
  assert.equal(
    decimal(words(99999999999999999999999999999999999999n), 0, 4, 0),
    "99999999999999999999999999999999999999",
  );
  assert.equal(decimal(words(-12345678901234567890n), 0, 4, 10), "-1234567890.1234567890");
});

test("dates and times are ISO text, also far from the present", () => {
  assert.equal(dateText(0n), "1970-01-01");
  assert.equal(dateText(15637n), "2012-10-24");
  assert.equal(dateText(-719528n), "0000-01-01");
  assert.equal(dateText(11016n), "2000-02-29");
  for (let day = -200000; day < 200000; day += 137) {
    assert.equal(dateText(BigInt(day)), new Date(day * 86400000).toISOString().slice(0, 10));
  }
  assert.equal(stampText(1351080000500000n, 6), "2012-10-24T12:00:00.5");
  assert.equal(stampText(-1n, 3), "1969-12-31T23:59:59.999");
  assert.equal(stampText(1351080000123456789n, 9), "2012-10-24T12:00:00.123456789");
  assert.equal(timeText(86399999999n, 6), "23:59:59.999999");
});

test("the text of a value is complete", () => {
  assert.equal(format(9007199254740993n, "BIGINT"), "9007199254740993");
  assert.equal(format(0.1, "FLOAT"), "0.1");
  assert.equal(format(Math.fround(0.1), "FLOAT"), "0.1");
  assert.equal(format(-0, "DOUBLE"), "-0");
  assert.equal(format(NaN, "DOUBLE"), "NaN");
  assert.equal(format(null, "DOUBLE"), "");
  assert.equal(format([1n, 9007199254740993n, null], "BIGINT[]"), '[1,"9007199254740993",null]');
  assert.equal(format(new Uint8Array([1, 255]), "BLOB"), "01ff");
  assert.equal(format(true, "BOOLEAN"), "true");
});

test("names and values cannot end their quotes", () => {
  assert.equal(quoteName('a"b'), '"a""b"');
  assert.equal(literal("it's"), "'it''s'");
  assert.equal(literal(2n ** 63n - 1n), "9223372036854775807");
  assert.equal(literal(NaN), "'NaN'::DOUBLE");
  assert.equal(literal(null), "NULL");
});

test("errors are reported in plain words", () => {
  assert.ok(isFatal(new WebAssembly.RuntimeError("unreachable")));
  assert.ok(!isFatal(new Error('Binder Error: column "unreachable" not found')));
  assert.equal(
    /** @type {any} */ (plain(new Error("Out of Memory Error: failed to allocate"))).kind,
    "memory",
  );
  assert.equal(/** @type {any} */ (plain(new Error("Parser Error: syntax error"))).kind, "sql");
});
