import assert from "node:assert/strict";
import { test } from "node:test";
import { ang2pix_nest, pix2vec_nest, pixcoord2vec_nest } from "@hscmap/healpix";
import { cover } from "../src/catalogue/cover.js";
import { centre, ORDER, pixelRadius } from "../src/catalogue/healpix.js";

const DEGREE = Math.PI / 180;
/** The package supports 32-bit steps up to this order; covers are compared at it. */
const CHECK = 12;

function dice(/** @type {number} */ seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** @param {number} order @param {number} pixel */
function place(order, pixel) {
  const size = 4 ** order;
  const face = Math.floor(pixel / size);
  let [x, y] = [0, 0];
  for (let bit = 0, rest = pixel - face * size; bit < order; bit++, rest = Math.floor(rest / 4)) {
    x += (rest & 1) * 2 ** bit;
    y += ((rest >> 1) & 1) * 2 ** bit;
  }
  return centre(order, face, x, y);
}

test("pixel centres and radii agree with another implementation", () => {
  for (const order of [0, 1, 2, 4]) {
    for (let pixel = 0; pixel < 12 * 4 ** order; pixel++) {
      const { z, s, phi } = place(order, pixel);
      const ours = [s * Math.cos(phi), s * Math.sin(phi), z];
      const theirs = pix2vec_nest(2 ** order, pixel);
      assert.ok(Math.hypot(...ours.map((v, i) => v - theirs[i])) < 1e-12, `order ${order} pixel ${pixel}`);
      for (let step = 0; step <= 8; step++) {
        for (const [ne, nw] of [
          [0, step / 8],
          [1, step / 8],
          [step / 8, 0],
          [step / 8, 1],
        ]) {
          const edge = pixcoord2vec_nest(2 ** order, pixel, ne, nw);
          const away = 2 * Math.asin(Math.min(1, Math.hypot(...ours.map((v, i) => v - edge[i])) / 2));
          assert.ok(away < pixelRadius(order));
        }
      }
    }
  }
});

/** @param {[number, number][]} ranges @param {number} pixel */
const holds = (ranges, pixel) => ranges.some(([low, high]) => low <= pixel && pixel <= high);

/** The range of order-24 pixels of the order-CHECK pixel at a position. @param {number} ra @param {number} dec @param {[number, number][]} ranges */
function covered(ranges, ra, dec) {
  // That package is wrong exactly at the edge of a face.
  const pixel = ang2pix_nest(2 ** CHECK, (90 - dec) * DEGREE, (ra % 360) * DEGREE + 1e-12);
  const size = 4 ** (ORDER - CHECK);
  return ranges.some(([low, high]) => low < (pixel + 1) * size && high >= pixel * size);
}

test("every point of a cone is in its cover, also at the poles and at right ascension 0", () => {
  const random = dice(7);
  for (let round = 0; round < 400; round++) {
    const ra = round % 5 === 0 ? [0, 359.9999999, 360, 180][round % 4] : 360 * random();
    const dec =
      round % 4 === 0
        ? [90, -90, 89.9999, -89.99, 41.8103, -41.8103, 0][round % 7]
        : Math.asin(2 * random() - 1) / DEGREE;
    const radius = round % 9 === 0 ? [0, 648000, 324000][round % 3] : 10 ** (7 * random() - 1.2);
    const ranges = cover({ type: "cone", ra, dec, radius: Math.min(radius, 648000) });
    const axis = vector(ra, dec);
    for (let k = 0; k < 40; k++) {
      const [pointRa, pointDec] = near(
        axis,
        (Math.min(radius, 648000) / 3600) * DEGREE * (k % 3 ? Math.sqrt(random()) : 1),
        2 * Math.PI * random(),
      );
      assert.ok(covered(ranges, pointRa, pointDec), `cone ${ra} ${dec} ${radius}: ${pointRa} ${pointDec}`);
    }
    for (let i = 1; i < ranges.length; i++) assert.ok(ranges[i][0] > ranges[i - 1][1] + 1);
  }
});

test("every point of a box is in its cover", () => {
  const random = dice(11);
  for (let round = 0; round < 300; round++) {
    const a = round % 6 === 0 ? [350, 0, 359.999, 180][round % 4] : 360 * random();
    const width = round % 7 === 0 ? 360 : 10 ** (4 * random() - 1.5) % 360;
    const low = Math.max(-90, round % 5 === 0 ? -90 : 180 * random() - 90);
    const high = Math.min(90, round % 11 === 0 ? 90 : low + 10 ** (3 * random() - 1));
    const max = width === 360 ? 360 : (a + width) % 360;
    const ranges = cover({
      type: "box",
      ra_min: width === 360 ? 0 : a,
      ra_max: max,
      dec_min: low,
      dec_max: high,
    });
    for (let k = 0; k < 40; k++) {
      const ra = (a + width * random()) % 360;
      const dec = low + (high - low) * (k % 3 ? random() : k % 2);
      assert.ok(covered(ranges, ra, dec), `box ${a} ${width} ${low} ${high}: ${ra} ${dec}`);
    }
  }
});

test("covers are tight: a small cone takes a small part of the sky", () => {
  const pixels = (/** @type {[number, number][]} */ ranges) =>
    ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  const sky = 12 * 4 ** ORDER;
  for (const [ra, dec] of [
    [150.1, 2.2],
    [0, 90],
    [45, 41.81],
    [359.99, -89.99],
  ]) {
    const area = pixels(cover({ type: "cone", ra, dec, radius: 60 })) / sky;
    const exact = (1 - Math.cos((60 / 3600) * DEGREE)) / 2;
    assert.ok(area >= exact && area < 2 * exact, `${ra} ${dec}: ${area / exact}`);
  }
  assert.ok(pixels(cover({ type: "cone", ra: 10, dec: 10, radius: 0 })) < 64);
  assert.deepEqual(cover({ type: "cone", ra: 10, dec: 10, radius: 648000 }), [[0, sky - 1]]);
  assert.deepEqual(cover({ type: "box", ra_min: 0, ra_max: 360, dec_min: -90, dec_max: 90 }), [[0, sky - 1]]);
  assert.ok(!holds(cover({ type: "box", ra_min: 350, ra_max: 10, dec_min: -5, dec_max: 5 }), 4 ** ORDER * 6));
});

/** @param {number} ra @param {number} dec */
function vector(ra, dec) {
  return [
    Math.cos(dec * DEGREE) * Math.cos(ra * DEGREE),
    Math.cos(dec * DEGREE) * Math.sin(ra * DEGREE),
    Math.sin(dec * DEGREE),
  ];
}

/** The position at an angle and direction from an axis, in degrees. @param {number[]} axis @param {number} away @param {number} turn */
function near([x, y, z], away, turn) {
  const helper = Math.abs(z) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const east = unit([
    y * helper[2] - z * helper[1],
    z * helper[0] - x * helper[2],
    x * helper[1] - y * helper[0],
  ]);
  const north = [east[1] * z - east[2] * y, east[2] * x - east[0] * z, east[0] * y - east[1] * x];
  const [c, s] = [Math.cos(away), Math.sin(away)];
  const point = [x, y, z].map((v, i) => v * c + s * (Math.cos(turn) * east[i] + Math.sin(turn) * north[i]));
  const ra = Math.atan2(point[1], point[0]) / DEGREE;
  return [ra < 0 ? ra + 360 : ra, Math.atan2(point[2], Math.hypot(point[0], point[1])) / DEGREE];
}

/** @param {number[]} v */
const unit = (v) => v.map((c) => c / Math.hypot(...v));
