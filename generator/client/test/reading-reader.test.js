import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../src/engine/store.js";
import { Reader } from "../src/reading/reader.js";

/** One partition of two tiles of 100 bytes and a footer of 50, from a source that records its requests. */
function reader() {
  /** @type {[number, number][]} */
  const asked = [];
  const tiles = [
    [4, 100, 10, 0, 99],
    [104, 100, 10, 100, 199],
  ];
  /** @type {any} */
  const meta = { columns: [], partitions: [{ path: "p", size: 254, rows: 20, footer: 204, tiles }] };
  /** @type {import("../src/reading/bytes.js").ByteSource} */
  const source = {
    kind: "http",
    misses: 10,
    url: () => null,
    readMany: async (ranges, deliver) => {
      for (const { path, offset, length } of ranges) {
        asked.push([offset, length]);
        deliver(path, [{ offset, bytes: new Uint8Array(length) }]);
      }
    },
  };
  const place = (/** @type {string} */ path) => `data/lrs/${path}`;
  const store = new Store(1000, 1000);
  store.add({ path: place("p"), size: 254, source });
  return { asked, reader: new Reader({ meta, place, source, indexSource: source }, store) };
}
const wanted = { where: [], columns: ["a"], named: false, numbered: false };

test("few tiles are read whole with their footer, and only once", async () => {
  const { asked, reader: own } = reader();
  const tile = { partition: 0, first: 1, last: 1 };
  assert.deepEqual(await own.bring([tile], wanted, {}), { tiles: 1, bytes: 150 });
  assert.deepEqual(asked, [
    [204, 50],
    [104, 100],
  ]);
  assert.deepEqual(await own.bring([tile], wanted, {}), { tiles: 1, bytes: 0 });
  assert.deepEqual(await own.bring([{ ...tile, first: 0 }], wanted, {}), { tiles: 2, bytes: 100 });
  assert.deepEqual(asked.at(-1), [4, 100]);
});

test("an invalid footer is reported with its path", async () => {
  await assert.rejects(reader().reader.footers.of(0), /data\/lrs\/p.*Parquet/);
});

test("without an index no tiles are selected, and nothing is read", async () => {
  const { asked, reader: own } = reader();
  const runs = [{ partition: 0, first: 0, last: 1 }];
  assert.deepEqual(await own.lookUp([{ column: "a", values: [1n] }], runs, {}), { tiles: null, bytes: 0 });
  assert.deepEqual(asked, []);
});
