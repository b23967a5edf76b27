import assert from "node:assert/strict";
import { test } from "node:test";
import { matches, readWanted, writeWanted } from "../src/schema/column-search.js";
import { bitsOf, maskOf, maskQuery, readMask } from "../src/search/mask-bits.js";

test("masks are exact to the last bit", () => {
  assert.equal(readMask(" 5 "), 5n);
  assert.equal(readMask("0x10"), 16n);
  assert.equal(readMask("0b101"), 5n);
  assert.equal(readMask("9223372036854775807"), 2n ** 63n - 1n);
  for (const bad of ["", "-1", "1.5", "1e3", "9223372036854775808", "abc"]) assert.equal(readMask(bad), null);
  assert.deepEqual(bitsOf(2n ** 62n + 3n), [0, 1, 62]);
  assert.equal(maskOf([62, 0, 1]), 2n ** 62n + 3n);
  assert.deepEqual(bitsOf(0n), []);
});

test("the statement for finding rows by their bits", () => {
  assert.equal(maskQuery("t", 'a"b', 6n, "x"), 'SELECT * FROM "t" WHERE ("a""b" & 6) = 6 AND x');
  assert.equal(maskQuery("t", "m", 0n, "x"), 'SELECT * FROM "t" WHERE "m" = 0 AND x');
});

test("the query is in the address, and other parameters stay", () => {
  const wanted = readWanted("?find=radial%20velocity&ucd=spect&missing=1&theme=dark&sort=-unit");
  assert.equal(wanted.find, "radial velocity");
  assert.equal(wanted.missing, true);
  assert.equal(wanted.differ, false);
  assert.equal(
    writeWanted(wanted, "?theme=dark&find=old"),
    "?theme=dark&find=radial+velocity&ucd=spect&sort=-unit&missing=1",
  );
  assert.equal(writeWanted(readWanted(""), ""), "");
});

test("columns that match", () => {
  const facts = {
    text: "rv_b0 radial velocity km s⁻¹",
    catalogues: ["mrs"],
    types: ["double"],
    ucds: ["stat.error", "spect.dopplerveloc"],
    missing: 0.5,
    differ: false,
  };
  const asked = (/** @type {string} */ query) => matches(facts, readWanted(query));
  assert.ok(asked("?find=VELOCITY rv"));
  assert.ok(!asked("?find=velocity lrs"));
  assert.ok(asked("?ucd=spect&catalogue=mrs&type=double&missing=1"));
  assert.ok(!asked("?ucd=spec"));
  assert.ok(!asked("?catalogue=lrs"));
  assert.ok(!asked("?differ=1"));
});
