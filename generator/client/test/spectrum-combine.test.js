import assert from "node:assert/strict";
import { test } from "node:test";
import { coadd, compare, pairsOf, resample, stacksOf } from "../src/spectrum/numbers/combine.js";

const array = (/** @type {number[]} */ values) => Float64Array.from(values);
/**
 * @param {number[]} xs @param {number[]} ys @param {number[] | null} [variance] @param {Record<string, number[]>} [masks]
 * @returns {any}
 */
const samples = (xs, ys, variance = ys.map(() => 1), masks = {}, arm = "B", of = 0) => ({
  ...{ arm, of, xs: array(xs), ys: array(ys), variance: variance && array(variance) },
  masks: Object.fromEntries(Object.entries(masks).map(([name, bits]) => [name, array(bits)])),
});
const near = (/** @type {ArrayLike<number>} */ found, /** @type {number[]} */ wanted) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((value, i) =>
    assert.ok(
      Number.isNaN(value) ? Number.isNaN(found[i]) : Math.abs(found[i] - value) < 1e-12,
      `${i}: ${found[i]}`,
    ),
  );
};

test("a coarser pixel has the mean of those that it overlaps, their variance and their bits", () => {
  const fine = samples([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, NaN, 6], [1, 1, 4, 4, NaN, 1], {
    m: [1, 2, 0, 2 ** 40, 0, 8],
  });
  const { ys, variance, masks } = resample(fine, array([1.5, 3.5, 5.5]));
  near(ys, [1.5, 3.5, NaN]);
  near(/** @type {any} */ (variance), [0.5, 2, NaN]);
  near(masks.m, [3, 2 ** 40, 8]);
  // Borders between: half of a pixel has half the weight.
  const shifted = resample(fine, array([2, 4]));
  near(shifted.ys, [(0.5 * 1 + 2 + 0.5 * 3) / 2, NaN]);
  near(/** @type {any} */ (shifted.variance), [(0.25 + 1 + 0.25 * 4) / 4, NaN]);
  // A pixel beyond the end is not covered; the same grid changes nothing.
  near(resample(fine, array([0, 2])).ys, [NaN, 2]);
  assert.equal(resample(fine, fine.xs), fine);
  assert.equal(resample(fine, array([...fine.xs])), fine);
  // Wavelengths that differ by rounding only: neighbours without weight do not matter.
  near(resample(fine, array([1.002, 2.002, 3.002, 4.002])).ys, [1, 2, 3, 4]);
});

test("difference and ratio are on the coarser grid, with variances and masks of both", () => {
  const fine = samples([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12], undefined, { m: [1, 0, 0, 0, 0, 0] });
  const coarse = samples([1.5, 3.5, 5.5], [1, 2, 0], [1, 2, 3], { m: [4, 0, 0], o: [0, 0, 1] });
  const difference = compare(fine, coarse, "difference");
  assert.ok(difference.resampled && difference.pixel === 2);
  near(difference.xs, [1.5, 3.5, 5.5]);
  near(difference.ys, [2, 5, 11]);
  near(/** @type {any} */ (difference.variance), [1.5, 2.5, 3.5]);
  near(difference.masks.m, [5, 0, 0]);
  near(difference.masks.o, [0, 0, 1]);
  const ratio = compare(fine, coarse, "ratio");
  near(ratio.ys, [3, 3.5, NaN]); // divided by zero
  near(/** @type {any} */ (ratio.variance), [0.5 + 9, 0.5 / 4 + (49 * 2) / 16, NaN]);
  near(compare(coarse, fine, "difference").ys, [-2, -5, -11]);
  assert.equal(compare(samples([1, 2], [1, 1], null), samples([1, 2], [1, 1]), "difference").variance, null);
  // Overlap of two ranges on the same lattice is not resampled.
  const later = compare(fine, samples([4, 5, 6, 7], [1, 1, 1, 1]), "difference");
  assert.equal(later.resampled, false);
  near(later.ys, [7, 9, 11]);
});

test("a sum is weighted by inverse variances; pixels without weight and their bits are left out", () => {
  const one = samples([1, 2, 3], [1, 2, 3], [1, 1, 1], { m: [1, 1, 1] });
  const two = samples([1, 2, 3], [5, NaN, 6], [4, NaN, 0.5], { m: [2, 2, 2] });
  const without = samples([1, 2, 3], [100, 100, 100], null);
  const sum = coadd([one, without, two]);
  assert.deepEqual(sum.of, [0, 2]);
  assert.ok(sum.weighted && !sum.resampled);
  near(sum.ys, [(1 + 5 / 4) / 1.25, 2, (3 + 12) / 3]);
  near(/** @type {any} */ (sum.variance), [0.8, 1, 1 / 3]);
  near(sum.masks.m, [3, 1, 3]);
  const plain = coadd([without, samples([1, 2, 3], [0, 0, NaN], null)]);
  assert.equal(plain.variance, null);
  near(plain.ys, [50, 50, 100]);
});

test("arms are compared with their like, and summed where several spectra have them", () => {
  const all = [
    samples([1, 2, 3], [1, 1, 1], null, {}, "B", 0),
    samples([7, 8, 9], [1, 1, 1], null, {}, "R", 0),
    samples([1, 2, 3], [1, 1, 1], null, {}, "B", 1),
    samples([1, 5, 9], [1, 1, 1], null, {}, "", 2),
  ];
  const arms = (/** @type {any[][]} */ groups) =>
    groups.map((own) => own.map(({ arm, of }) => `${arm}${of}`).join());
  assert.deepEqual(arms(pairsOf(all.slice(0, 2), all.slice(2, 3))), ["B0,B1"]);
  assert.deepEqual(arms(pairsOf(all.slice(0, 2), all.slice(3))), ["B0,2", "R0,2"]);
  assert.deepEqual(pairsOf(all.slice(1, 2), all.slice(2, 3)), []);
  assert.deepEqual(arms(stacksOf(all)), ["B0,B1"]);
});
