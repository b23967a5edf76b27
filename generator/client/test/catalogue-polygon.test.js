import assert from "node:assert/strict";
import { test } from "node:test";
import { ang2pix_nest } from "@hscmap/healpix";
import { cover } from "../src/catalogue/cover.js";
import { ORDER } from "../src/catalogue/healpix.js";
import { vectorOf } from "../src/catalogue/sphere.js";
import { isInside, shapeOf } from "../src/catalogue/polygon.js";

/** The finest order that the package supports. */
const CHECK = 12;

/** Random numbers that are the same in every run. */
let state = 42;
const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;

/** @param {number[]} points @returns {import("../src/catalogue/polygon.js").Shape} */
function shape(points) {
  const made = shapeOf(points);
  assert.ok(typeof made === "object" && "sides" in made, `${made} of ${points}`);
  return made;
}

/** Corners at changing distances round a centre: never crossing, mostly concave. @param {number} ra @param {number} dec @param {number} size deg @param {number} corners */
function star(ra, dec, size, corners) {
  return Array.from({ length: corners }, (_, i) => {
    const [turn, far] = [0.1 + (2 * Math.PI * i) / corners, size * (0.3 + 0.7 * random()) * (Math.PI / 180)];
    const d = (dec * Math.PI) / 180;
    const sine = Math.sin(d) * Math.cos(far) + Math.cos(d) * Math.sin(far) * Math.cos(turn);
    const east = Math.atan2(Math.sin(turn) * Math.sin(far) * Math.cos(d), Math.cos(far) - Math.sin(d) * sine);
    return [(((ra + (east * 180) / Math.PI) % 360) + 360) % 360, (Math.asin(sine) * 180) / Math.PI];
  }).flat();
}

/** The sum of the angles between the corners as seen from a position: a full circle from inside. @param {number[]} points @param {number} ra @param {number} dec */
function turns(points, ra, dec) {
  /** @type {number[]} */
  const angles = [];
  for (let i = 0; i < points.length; i += 2) {
    const [a, d, e] = [points[i] - ra, points[i + 1], dec].map((x) => (x * Math.PI) / 180 + 1e-12);
    angles.push(
      Math.atan2(
        Math.sin(a) * Math.cos(d),
        Math.cos(e) * Math.sin(d) - Math.sin(e) * Math.cos(d) * Math.cos(a),
      ),
    );
  }
  const sum = angles.reduce((all, angle, i) => {
    const step = angles[(i + 1) % angles.length] - angle;
    return all + step - 2 * Math.PI * Math.round(step / (2 * Math.PI));
  }, 0);
  return Math.abs(sum) > Math.PI;
}

test("inside, the corners make a full turn, and the cover contains all of it", () => {
  for (const [ra, dec, size] of [
    [0, 0, 5],
    [359.9, 40, 20],
    [120, 89.5, 3],
    [200, -89.9, 30],
    [10, 70, 60],
    [77, -20, 0.01],
    [300, 5, 1e-4],
  ]) {
    for (const corners of [3, 7, 40]) {
      const points = star(ra, dec, size, corners);
      const made = shape(points);
      const ranges = cover({ type: "polygon", points });
      let within = 0;
      for (let i = 0; i < 300; i++) {
        const [[x, y]] = pairs(star(ra, dec, size * 1.2 * random(), 1 + Math.floor(random() * 9)));
        const inside = isInside(made, vectorOf(x, y));
        assert.equal(inside, turns(points, x, y), `${x} ${y} in ${points}`);
        if (!inside) continue;
        within++;
        const pixel = ang2pix_nest(2 ** CHECK, ((90 - y) * Math.PI) / 180, (x * Math.PI) / 180 + 1e-12);
        const span = 4 ** (ORDER - CHECK);
        assert.ok(
          ranges.some(([low, high]) => low < (pixel + 1) * span && high >= pixel * span),
          `${x} ${y} is not covered`,
        );
      }
      assert.ok(within > 5, `${within} inside`);
    }
  }
});

/** @param {number[]} points */
const pairs = (points) => points.flatMap((x, i) => (i % 2 ? [] : [[x, points[i + 1]]]));

test("invalid polygons are reported", () => {
  assert.deepEqual(shapeOf([1, 1, 2, 2, 1, 2, 2, 1]), [1, 3]);
  assert.deepEqual(shapeOf([0, 0, 10, 0, 5, 0, 5, 5]), [1, 2]);
  assert.ok(Array.isArray(shapeOf([0, 0, 10, 0, 10, 10, 5, 0, 0, 10])));
  assert.equal(shapeOf([0, 0, 120, 0, 240, 0]), "wide");
  assert.equal(shapeOf([0, 0, 1, 0, 2, 0]), "flat");
});

test("the rows of a polygon do not depend on its first corner or its direction", () => {
  const points = star(355, 60, 25, 11);
  const places = Array.from({ length: 200 }, () => [random() * 360, 30 + random() * 60]);
  const within = (/** @type {number[]} */ corners) => {
    const made = shape(corners);
    return places.map(([x, y]) => isInside(made, vectorOf(x, y)));
  };
  const first = within(points);
  for (let from = 0; from < 11; from++) {
    const turned = [...points.slice(2 * from), ...points.slice(0, 2 * from)];
    const back = pairs(turned).reverse().flat();
    for (const one of [turned, back]) assert.deepEqual(within(one), first);
  }
});
