/** What a page requests before its scripts are there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asks, fetched, requestEarly } from "../src/shared/early.js";

test("an address with a question, not one that only opens a form", () => {
  assert.ok(asks("search", "?catalogue=lrs&cone=1,2,3"));
  assert.ok(asks("search", "?z=0..1"));
  assert.ok(!asks("search", ""));
  assert.ok(!asks("search", "?catalogue=lrs&theme=dark&sort=z&plot=sky"));
  assert.ok(asks("sql", "?sql=SELECT+1"));
  assert.ok(!asks("sql", "?theme=dark"));
  assert.ok(!asks("object", "?id=1"));
});

test("an early answer is taken once; a failure is that of its reader", async () => {
  const before = globalThis.fetch;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(String(address));
    if (asked.length === 2) throw new TypeError("no connection");
    return new Response(`answer ${asked.length}`);
  };
  try {
    requestEarly(["http://a/1", "http://a/2"]);
    assert.equal(await (await fetched("http://a/1")).text(), "answer 1");
    assert.equal(await (await fetched("http://a/1")).text(), "answer 3");
    await assert.rejects(fetched("http://a/2"), /no connection/);
    assert.equal(await (await fetched("http://a/2")).text(), "answer 4");
    assert.deepEqual(asked, ["http://a/1", "http://a/2", "http://a/1", "http://a/2"]);
  } finally {
    globalThis.fetch = before;
  }
});
