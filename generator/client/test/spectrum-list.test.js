import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, linkWith, readList, writeList } from "../src/spectrum/spectra-list.js";

/** The part of a browser's storage that is used. */
function storage(full = false) {
  const kept = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  });
}

const ids = ["9223372036854775807", "101001", "plate,1 & co=%", "光谱"];
const back = "search.html?catalogue=lrs&class=STAR";

test("a list is passed on in the storage of the tab", () => {
  const place = storage();
  assert.equal(writeList("dr8/v1.0", { set: "lrs", ids, back }, "101001", place), true);
  assert.deepEqual(readList("dr8/v1.0", "lrs", "101001", "?obsid=101001", place), {
    set: "lrs",
    ids,
    back,
  });
  // of another release or set, or without the spectrum shown, it is another list
  assert.equal(readList("dr9/v1.0", "lrs", "101001", "", place), null);
  assert.equal(readList("dr8/v1.0", "mrs", "101001", "", place), null);
  assert.equal(readList("dr8/v1.0", "lrs", "101002", "", place), null);
  assert.equal(writeList("dr8/v1.0", { set: "lrs", ids, back }, "101001", storage(true)), false);
});

test("a list is passed on in the address", () => {
  const list = { set: "lrs", ids, back };
  const address = linkWith("spectrum.html?obsid=101001", list, "101001");
  assert.match(address, /^spectrum\.html\?obsid=101001&list=lrs:[^\s"'<>]*&back=search\.html[^\s"'<>]*$/);
  const search = address.slice(address.indexOf("?"));
  assert.deepEqual(readList("r", "lrs", "光谱", search, storage()), list);
  assert.equal(linkWith("a?b=1", { set: "lrs", ids: ["1"], back }, "1"), "a?b=1");
});

test("of a long list the ids around the spectrum are kept", () => {
  const long = Array.from({ length: 1000 }, (_, i) => String(i));
  for (const [id, first] of [
    ["0", "0"],
    ["500", "400"],
    ["999", "800"],
  ]) {
    const address = linkWith(`spectrum.html?obsid=${id}`, { set: "lrs", ids: long, back: "" }, id);
    const read = readList("r", "lrs", id, address.slice(address.indexOf("?")), storage());
    assert.equal(read?.ids.length, 200);
    assert.equal(read?.ids[0], first);
  }
  const place = storage();
  const million = Array.from({ length: 1_000_000 }, (_, i) => String(9e8 + i));
  assert.equal(writeList("r", { set: "lrs", ids: million, back }, "900999999", place), true);
  assert.ok(place.getItem(KEY).length < 500_000);
  assert.ok(readList("r", "lrs", "900999999", "", place));
});

test("lists written by others are refused", () => {
  for (const value of [
    "not json",
    "null",
    "[]",
    '{"release":"r"}',
    '{"release":"r","set":"../x","ids":["1"],"back":""}',
    '{"release":"r","set":"lrs","ids":"1","back":""}',
    '{"release":"r","set":"lrs","ids":[1],"back":""}',
    '{"release":"r","set":"lrs","ids":["1","\\u0000"],"back":""}',
    `{"release":"r","set":"lrs","ids":["1","${"x".repeat(300)}"],"back":""}`,
    `{"release":"r","set":"lrs","ids":${JSON.stringify(Array(30_000).fill("1"))},"back":""}`,
  ]) {
    const place = storage();
    place.setItem(KEY, value);
    assert.equal(readList("r", "lrs", "1", "", place), null, value.slice(0, 60));
  }
  for (const search of [
    "?list=lrs:1,%E0%A4%A",
    "?list=lrs",
    "?list=:1",
    "?list=LRS%20:1",
    `?list=lrs:${Array(201).fill("1").join(",")}`,
  ])
    assert.equal(readList("r", "lrs", "1", search, storage()), null, search.slice(0, 60));
  // the list is valid, the way back is not
  for (const bad of [
    "javascript:alert(1)",
    "https://example.org/search.html?",
    "//example.org",
    "../search.html",
    "search.html?a=<b>",
    "search.html#x",
  ]) {
    const search = `?list=lrs:1,2&back=${encodeURIComponent(bad)}`;
    assert.deepEqual(readList("r", "lrs", "1", search, storage()), { set: "lrs", ids: ["1", "2"], back: "" });
  }
});
