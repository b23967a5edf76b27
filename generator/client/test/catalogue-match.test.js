import assert from "node:assert/strict";
import { test } from "node:test";
import { ang2pix_nest } from "@hscmap/healpix";
import { centre } from "../src/catalogue/healpix.js";
import { coverTargets, orderFor, placeInFace, portions } from "../src/catalogue/match.js";

const DEGREE = Math.PI / 180;

function dice(/** @type {number} */ seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** A point at a distance and a position angle. @param {number} ra @param {number} dec @param {number} away deg @param {number} angle */
function offset(ra, dec, away, angle) {
  const [d, r] = [dec * DEGREE, away * DEGREE];
  const z = Math.sin(d) * Math.cos(r) + Math.cos(d) * Math.sin(r) * Math.cos(angle);
  const x = Math.cos(r) * Math.cos(d) - Math.sin(r) * Math.sin(d) * Math.cos(angle);
  const y = Math.sin(r) * Math.sin(angle);
  return {
    ra: (((ra + Math.atan2(y, x) / DEGREE) % 360) + 360) % 360,
    dec: Math.atan2(z, Math.hypot(x, y)) / DEGREE,
  };
}

/** The pixel at an order as a number. @param {number} order @param {number} ra @param {number} dec */
function pixelAt(order, ra, dec) {
  const { face, x, y } = placeInFace(order, ra, dec);
  let pixel = 0;
  for (let bit = 0; bit < order; bit++)
    pixel += ((Math.floor(x / 2 ** bit) & 1) + 2 * (Math.floor(y / 2 ** bit) & 1)) * 4 ** bit;
  return face * 4 ** order + pixel;
}

test("positions in faces agree with pixel centres and with another implementation", () => {
  const random = dice(1);
  for (let i = 0; i < 2000; i++) {
    const order = Math.floor(random() * 24);
    const nside = 2 ** order;
    const [face, x, y] = [12, nside, nside].map((n) => Math.floor(random() * n));
    const { z, s, phi } = centre(order, face, x, y);
    const found = placeInFace(order, phi / DEGREE, Math.atan2(z, s) / DEGREE);
    assert.deepEqual([found.face, Math.floor(found.x), Math.floor(found.y)], [face, x, y]);
    const [ra, dec] = [random() * 360, Math.asin(2 * random() - 1) / DEGREE];
    assert.equal(pixelAt(10, ra, dec), ang2pix_nest(2 ** 10, Math.PI / 2 - dec * DEGREE, ra * DEGREE));
  }
});

test("every point in a target's circle is in a pixel of its pairs and of the cover", async () => {
  const random = dice(2);
  /** @type {number[][]} */
  const targets = [
    [0, 90, 2],
    [123, -90, 2],
    [10, 89.9999, 3],
    [0, 0, 2],
    [359.99999, 0, 3600],
    [45, 41.8103, 10],
    [90, -41.8103, 500],
    [200, 89, 7200],
    [0, 30, 648000],
    [270, -66, 90000],
  ];
  for (let i = 0; i < 300; i++) {
    const dec =
      i % 3 ? Math.asin(2 * random() - 1) / DEGREE : (random() < 0.5 ? -1 : 1) * (90 - 10 ** (-4 * random()));
    targets.push([i % 5 ? random() * 360 : 90 * Math.floor(random() * 4), dec, 10 ** (random() * 5 - 0.5)]);
  }
  const [ra, dec, radius] = [0, 1, 2].map((k) => Float64Array.from(targets, (target) => target[k]));
  const { cover, pairs } = await coverTargets(ra, dec, radius);
  const found = targets.map(() => new Set());
  pairs.target.forEach((target, k) => {
    assert.equal(pairs.order[k], orderFor(radius[target]));
    assert.ok(!found[target].has(pairs.pixel[k]), "a pair occurs once");
    found[target].add(pairs.pixel[k]);
  });
  for (const [i, [a, d, r]] of targets.entries()) {
    for (let k = 0; k < 60; k++) {
      const near = (k % 2 ? 1 : Math.sqrt(random())) * (r / 3600);
      const point = offset(a, d, Math.min(near, 180), random() * 2 * Math.PI);
      const pixel = pixelAt(orderFor(r), point.ra, point.dec);
      assert.ok(found[i].has(pixel), `${targets[i]} misses ${point.ra} ${point.dec}`);
      const fine = pixelAt(24, point.ra, point.dec);
      assert.ok(cover.some(([low, high]) => low <= fine && fine <= high));
    }
  }
});

test("portions contain every tile once and split no pixel", () => {
  /** @type {any} */
  const meta = {
    partitions: [
      {
        tiles: [
          [0, 10, 5, 1, 3],
          [10, 10, 5, 3, 3],
          [20, 10, 5, 3, 9],
          [30, 10, 5, 10, 12],
        ],
      },
      {
        tiles: [
          [4, 10, 5, 20, 22],
          [14, 10, 5, 23, 25],
        ],
      },
    ],
  };
  const runs = [
    { partition: 0, first: 0, last: 3 },
    { partition: 1, first: 0, last: 1 },
  ];
  assert.deepEqual(portions(meta, runs, 15), [
    [{ partition: 0, first: 0, last: 2 }],
    [{ partition: 0, first: 3, last: 3 }],
    [{ partition: 1, first: 0, last: 0 }],
    [{ partition: 1, first: 1, last: 1 }],
  ]);
  assert.deepEqual(portions(meta, runs, 1000), [runs]);
});
