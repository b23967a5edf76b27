import assert from "node:assert/strict";
import { test } from "node:test";
import { Bins } from "../src/search/form/bins.js";

test("positions and values for bins of equal width between two wide ones", () => {
  const bins = new Bins(
    [
      [-9999, 0, 8, 1e6],
      [1, 10, 0, 30, 40, 2],
    ],
    false,
  );
  assert.deepEqual(bins.edges, [-9999, 0, 2, 4, 6, 8, 1e6].slice(0, 7));
  assert.equal(bins.place(3, false), 2.5);
  assert.equal(bins.value(2.5, true), "3");
  assert.equal(bins.place(-1e9, false), 0);
  assert.equal(bins.place(1e9, true), 6);
  assert.equal(bins.rows(0, 6), 83);
  assert.equal(bins.rows(1.5, 4), 35);
  for (let place = 0; place <= 6; place += 0.25)
    assert.ok(Math.abs(bins.place(Number(bins.value(place, false)), false) - place) < 0.06, String(place));
});

test("whole numbers with a bin each are selected whole", () => {
  const bins = new Bins(
    [
      [-0.5, 0.5, 1.5, 2.5],
      [5, 6, 7],
    ],
    true,
  );
  assert.ok(bins.single);
  assert.deepEqual([bins.place(1, false), bins.place(1, true)], [1, 2]);
  assert.deepEqual([bins.value(1, false), bins.value(2, true)], ["1", "1"]);
  assert.deepEqual([bins.value(0, false), bins.value(3, true)], ["0", "2"]);
});

test("whole numbers in wide bins are rounded inwards", () => {
  const bins = new Bins([[1, 101, 901, 1001], Array(10).fill(3)], true);
  assert.equal(bins.value(0.005, false), "2");
  assert.equal(bins.value(0.005, true), "1");
});

test("a single row is visible next to a million", () => {
  const bins = new Bins(
    [
      [0, 1, 2, 3, 4, 5],
      [1, 0, 1e6, 3, 0],
    ],
    false,
  );
  assert.equal(bins.path().match(/M/g)?.length, 3);
  assert.equal(bins.path(2.5, 5).match(/M/g)?.length, 2);
});
