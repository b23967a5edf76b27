// Shared reads: a failure is reported to the caller that began the read, not to those who joined.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { IndexPages } from "../src/reading/id-index.js";
import { shared } from "../src/shared/once.js";

/** Reads that end when the test says so. */
function slowly() {
  /** @type {{ resolve: (value: string) => void, reject: (error: Error) => void }[]} */
  const begun = [];
  const make = () =>
    /** @type {Promise<string>} */ (new Promise((resolve, reject) => void begun.push({ resolve, reject })));
  return { begun, make };
}

test("all callers share one read, and its result is kept", async () => {
  const { begun, make } = slowly();
  const kept = new Map();
  const [one, other] = [shared(kept, 1, make), shared(kept, 1, make)];
  begun[0].resolve("read");
  assert.deepEqual(await Promise.all([one, other, shared(kept, 1, make)]), ["read", "read", "read"]);
  assert.equal(begun.length, 1);
});

test("a caller that joined a failing read reads again; a second failure is reported", async () => {
  const { begun, make } = slowly();
  const kept = new Map();
  const first = shared(kept, 1, make);
  const joined = [shared(kept, 1, make), shared(kept, 1, make)];
  begun[0].reject(new Error("broken"));
  await assert.rejects(first, /broken/);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(begun.length, 2, "callers that joined share the next read too");
  begun[1].resolve("read");
  assert.deepEqual(await Promise.all(joined), ["read", "read"]);

  const [again, late] = [shared(kept, 2, make), shared(kept, 2, make)];
  begun[2].reject(new Error("broken"));
  await assert.rejects(again, /broken/);
  await new Promise((resolve) => setTimeout(resolve));
  begun[3].reject(new Error("still broken"));
  await assert.rejects(late, /still broken/);
  assert.equal(kept.has(2), false);
});

test("a failure does not remove what was read in the meantime", async () => {
  const { begun, make } = slowly();
  const kept = new Map();
  const first = shared(kept, 1, make);
  kept.delete(1); // there was no more room for it
  const second = shared(kept, 1, make);
  begun[0].reject(new Error("broken"));
  await assert.rejects(first, /broken/);
  begun[1].resolve("read");
  assert.equal(await second, "read");
  assert.equal(await kept.get(1), "read");
});

test("a cancelled query does not fail the next one on the same index", async () => {
  const pages = new IndexPages();
  const file = { path: "ids/obsid/0000.parquet", size: 100, footer: 60, first: 1, last: 9 };
  /** @type {number[]} */
  const asked = [];
  const ask = (/** @type {number} */ who, /** @type {Promise<any>} */ answer) =>
    pages.find([file], [[1n, 2n]], Infinity, () => (asked.push(who), answer));
  let stop = (/** @type {Error} */ _) => {};
  const first = ask(1, new Promise((_, reject) => (stop = reject)));
  const next = ask(2, Promise.resolve([new Uint8Array(40)]));
  stop(new DOMException("The query was cancelled", "AbortError"));
  await assert.rejects(first, { name: "AbortError" });
  await assert.rejects(next, /Parquet/, "it reads by itself, and these bytes are not a footer");
  assert.deepEqual(asked, [1, 2]);
});

test("nothing else keeps promises and removes those that fail", () => {
  const src = join(import.meta.dirname, "../src");
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js") || name === "shared/once.js") continue;
    const code = readFileSync(join(src, name), "utf8");
    assert.doesNotMatch(code, /\.catch\(\(\) => [\w.#]+\.delete\(/, `${name}: use shared()`);
  }
});
