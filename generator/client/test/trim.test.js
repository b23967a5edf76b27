/** The engine without what no page can reach: trim.mjs. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { engineFor, trimmed } from "../trim.mjs";

/** @param {string} text */
const name = (text) => [text.length, ...Buffer.from(text)];
/** @param {number} id @param {number[]} content */
const section = (id, ...content) => [id, content.length, ...content];
/** @param {number[]} code without its end */
const body = (...code) => [code.length + 2, 0, ...code, 0x0b];

/** Functions 1 to 5 after one import; 1 calls 2, 3 is in the table and calls 4, 5 is exported and otherwise unused. */
const SMALL = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 0, 1, 0x7f),
  ...section(2, 1, ...name("env"), ...name("given"), 0, 0),
  ...section(3, 5, 0, 0, 0, 0, 0),
  ...section(4, 1, 0x70, 0, 1),
  ...section(7, 3, ...name("used"), 0, 1, ...name("table"), 1, 0, ...name("unused"), 0, 5),
  ...section(9, 1, 0, 0x41, 0, 0x0b, 1, 3),
  ...section(
    10,
    5,
    ...body(0x10, 2), // call
    ...body(0x10, 0, 0x02, 0x7f, 0x41, 0xc0, 0x00, 0x0b, 0x6a), // call, block, i32.const 64, i32.add
    ...body(0x43, 0, 0, 0, 0x10, 0x1a, 0x10, 4), // f32.const with the byte of a call, drop, call
    ...body(0x41, 7),
    ...body(0x41, 9),
  ),
]);

/** @param {Uint8Array} bytes */
const run = (bytes) =>
  /** @type {any} */ (
    new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), { env: { given: () => 5 } })
      .exports
  );

test("exports that nobody asks for are removed, and the code that only they reach", () => {
  const kept = trimmed(SMALL, (one) => one !== "unused");
  const { used, table, ...others } = run(kept);
  assert.equal(used(), 69);
  assert.equal(table.get(0)(), 7);
  assert.deepEqual(others, {});
  // Its body returned a number, in two bytes; what it became is one byte: unreachable.
  assert.equal(kept.length, SMALL.length - [...name("unused"), 0, 5].length - 1);
  assert.ok(!Buffer.from(kept).includes(Buffer.from(body(0x41, 9))));
  assert.ok(Buffer.from(SMALL).includes(Buffer.from(body(0x41, 9))));
});

test("what is asked for stays to the last byte", () => {
  assert.deepEqual(
    trimmed(SMALL, () => true),
    SMALL,
  );
});

test("an instruction that is not known stops the build", () => {
  const vector = Uint8Array.from(SMALL);
  vector[vector.length - 3] = 0xfb;
  assert.throws(() => trimmed(vector, () => true));
});

const cache = new URL("../../../.cache/engine/", import.meta.url);
const file = (/** @type {string} */ one) => readFileSync(new URL(one, cache));

test(
  "the engine of a site has every symbol that the Parquet extension finds in the whole engine",
  { skip: !existsSync(new URL("duckdb-eh.wasm", cache)) },
  () => {
    const [engine, extension] = [file("duckdb-eh.wasm"), file("parquet.duckdb_extension.wasm")];
    const made = engineFor(engine, file("duckdb-browser-eh.worker.js").toString(), extension);
    const names = (/** @type {Uint8Array} */ bytes) =>
      new Set(
        WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(bytes))).map((one) => one.name),
      );
    const [before, after] = [names(engine), names(made)];
    const asked = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(extension))).map(
      (one) => one.name,
    );
    const found = asked.filter((one) => before.has(one));
    assert.ok(found.length > 1000);
    assert.deepEqual(
      found.filter((one) => !after.has(one)),
      [],
    );
    assert.ok(after.size < before.size / 20 && made.length < engine.length * 0.8);
  },
);
