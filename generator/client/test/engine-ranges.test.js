import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesce, inParallel } from "../src/reading/bytes.js";
import { HttpRanges } from "../src/reading/sources/http.js";
import { Store } from "../src/engine/store.js";
import { Ranges } from "../src/engine/worker/ranges.js";

/** Numbers that are the same in every run. @param {number} seed */
function dice(seed) {
  return (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

test("ranges contain exactly what was added and not dropped", () => {
  const roll = dice(1);
  const truth = Uint8Array.from({ length: 1000 }, () => roll(256));
  for (let round = 0; round < 200; round++) {
    const ranges = new Ranges();
    const kept = new Uint8Array(1000);
    for (let step = 0; step < 30; step++) {
      const offset = roll(1000);
      const length = roll(1000 - offset);
      if (roll(3)) {
        const part = Math.floor(length / 3);
        ranges.add(offset, part, truth.slice(offset, offset + part));
        kept.fill(1, offset, offset + part);
      } else {
        ranges.drop(offset, Math.floor(length / 5));
        kept.fill(0, offset, offset + Math.floor(length / 5));
      }
      const from = roll(1000);
      const size = roll(1000 - from);
      const view = size ? ranges.view(from, size) : null;
      assert.equal(view !== null, size > 0 && kept[from] === 1);
      if (view) assert.deepEqual(view, truth.slice(from, from + view.length));
      if (view) assert.ok(view.length && kept.subarray(from, from + view.length).every(Boolean));
      const missing = ranges.gaps(from, size).reduce((sum, gap) => sum + gap.length, 0);
      assert.equal(missing, kept.subarray(from, from + size).filter((b) => !b).length);
    }
  }
});

test("coalesced ranges contain every byte, joined over small gaps and split at the limit", () => {
  assert.deepEqual(
    coalesce(
      [
        { path: "a", offset: 100, length: 10 },
        { path: "a", offset: 0, length: 50 },
        { path: "b", offset: 110, length: 5 },
      ],
      { gap: 50, largest: 1000 },
    ),
    [
      { path: "a", offset: 0, length: 110 },
      { path: "b", offset: 110, length: 5 },
    ],
  );
  assert.deepEqual(
    coalesce([{ path: "a", offset: 0, length: 25 }], { largest: 10 }).map((r) => r.length),
    [10, 10, 5],
  );
  assert.equal(
    coalesce(
      [
        { path: "a", offset: 0, length: 10 },
        { path: "a", offset: 100, length: 10 },
      ],
      { gap: 50 },
    ).length,
    2,
  );
});

test("parallel jobs stop after the first failure", async () => {
  let ran = 0;
  await assert.rejects(
    inParallel([1, 2, 3, 4, 5, 6], 2, async (job) => {
      ran++;
      if (job === 2) throw new Error("no");
      await new Promise((done) => setTimeout(done, 5));
    }),
    /no/,
  );
  assert.ok(ran < 6);
});

/**
 * A source that delivers exactly the requested ranges.
 * @returns {import('../src/reading/bytes.js').ByteSource & { asked: any[] }}
 */
function source() {
  const asked = /** @type {any[]} */ ([]);
  return {
    kind: "script",
    misses: 60,
    asked,
    url: () => null,
    readMany: async (ranges, deliver) => {
      for (const { path, offset, length } of ranges) {
        asked.push([path, offset, length]);
        deliver(path, [{ offset, bytes: new Uint8Array(length) }]);
      }
    },
  };
}

test("the store asks only for what the worker lacks and forgets the least recent first", async () => {
  const store = new Store(100, 1000);
  /** @type {any[]} */
  const posted = [];
  store.attach((order) => posted.push(order));
  const bytes = source();
  store.add({ path: "a", size: 500, source: bytes });
  await store.ensure([{ path: "a", offset: 0, length: 60 }]);
  await store.ensure([{ path: "a", offset: 0, length: 80 }]);
  assert.deepEqual(bytes.asked, [
    ["a", 0, 60],
    ["a", 60, 20],
  ]);
  await store.ensure([{ path: "a", offset: 200, length: 40 }]);
  assert.ok(store.kept <= 100);
  assert.deepEqual(
    posted.filter((o) => o.drportal === "drop").map((o) => [o.offset, o.length]),
    [[0, 60]],
  );
  await store.ensure([{ path: "a", offset: 0, length: 10 }]);
  assert.deepEqual(bytes.asked.at(-1), ["a", 0, 10]);
});

test("ranges used by a running statement stay, up to the ceiling", async () => {
  const store = new Store(100, 300);
  store.attach(() => {});
  store.add({ path: "a", size: 5000, source: source() });
  const tick = store.begin();
  await store.ensure([{ path: "a", offset: 0, length: 90 }]);
  await store.ensure([{ path: "a", offset: 1000, length: 90 }]);
  assert.equal(store.kept, 180);
  await assert.rejects(store.ensure([{ path: "a", offset: 2000, length: 200 }]), {
    name: "EngineError",
    kind: "memory",
  });
  store.end(tick);
  assert.ok(store.kept <= 100);
});

test("a host without ranges is read whole, once per file", async (t) => {
  const file = Uint8Array.from({ length: 100 }, (_, i) => i);
  /** @type {(string | undefined)[]} */
  const asked = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ _, /** @type {any} */ options) => {
    asked.push(options.headers?.range);
    return new Response(file);
  });
  const http = new HttpRanges("http://host/", () => 100);
  /** @type {[number, number][]} */
  const got = [];
  await http.readMany([{ path: "x", offset: 5, length: 10 }], (_, parts) =>
    got.push(...parts.map(({ offset, bytes }) => /** @type {[number, number]} */ ([offset, bytes.length]))),
  );
  assert.deepEqual(asked, ["bytes=5-14", undefined]);
  assert.deepEqual(got, [[0, 100]]);
  assert.equal(http.url("x"), null);
});
