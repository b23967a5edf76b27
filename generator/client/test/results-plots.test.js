import assert from "node:assert/strict";
import { test } from "node:test";
import { measured, plotColumns, positionOf, usable } from "../src/results/plots/plot-columns.js";
import { coverOf, within } from "../src/results/plots/data.js";
import { degrees, graticule, hours } from "../src/results/plots/graticule.js";
import { around, numberText, roundBins, ticks } from "../src/results/plots/scale.js";
import { SkyPlane, WHOLE, fromFrame, intoFrame, toAngles, toVector } from "../src/results/plots/sky-plane.js";
import { complete, readPlot, writePlot } from "../src/results/plots/plot-state.js";

/** @param {number} a @param {number} b @param {number} within */
const near = (a, b, within = 1e-9) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test("a plot is written to an address and read back", () => {
  const axis = (/** @type {string} */ column, log = false, reverse = false) => ({ column, log, reverse });
  const states = /** @type {import("../src/results/plots/plot-state.js").PlotState[]} */ ([
    {
      kind: "scatter",
      x: axis("teff", true, true),
      y: axis("a,b)("),
      colour: 'odd "name"',
      frame: "equatorial",
    },
    { kind: "histogram", x: axis("log(x)", true), y: axis("y"), colour: "class", frame: "equatorial" },
    { kind: "sky", x: axis("x"), y: axis("y"), colour: "-z", frame: "galactic" },
  ]);
  for (const state of states) {
    const read = readPlot(writePlot(state));
    for (const [key, value] of Object.entries(read ?? {}))
      assert.deepEqual(value, state[/** @type {"x"} */ (key)], writePlot(state));
  }
  assert.equal(
    writePlot({ ...states[0], colour: "feh", y: axis("logg", false, true), x: axis("teff") }),
    "scatter:teff,-logg,feh",
  );
  for (const nonsense of [null, "", "pie:a,b", "scatter", 'scatter:"', "sky:nowhere,,,", "histogram:log("])
    assert.doesNotThrow(() => complete(readPlot(nonsense), [], false));
});

test("missing columns are replaced by existing ones", () => {
  const kept = ["obsid:BIGINT", "ra:DOUBLE", "dec:DOUBLE", "class:VARCHAR", "snr:DOUBLE", "mag:FLOAT"].map(
    (text) => {
      const [name, type] = text.split(":");
      return { name, type };
    },
  );
  const catalogue = [
    { name: "mag", datatype: "float", unit: "mag", ucd: "phot.mag" },
    { name: "z", datatype: "double" },
    { name: "flux", datatype: "double", arraysize: "3909" },
  ];
  const columns = plotColumns(kept, [], catalogue);
  assert.deepEqual(positionOf(columns), { ra: "ra", dec: "dec" });
  assert.deepEqual(
    measured(columns)
      .map((c) => c.name)
      .slice(0, 3),
    ["snr", "mag", "z"],
  );
  assert.deepEqual(
    columns.filter((c) => !c.read).map((c) => c.name),
    ["z"],
  );
  const made = complete(
    { kind: "scatter", x: { column: "gone", log: false, reverse: false }, colour: "gone" },
    columns,
    true,
  );
  assert.equal(made.x.column, "snr");
  assert.deepEqual(made.y, { column: "mag", log: false, reverse: true });
  assert.equal(made.colour, "");
  assert.equal(complete(null, columns, true).kind, "sky");
  assert.equal(complete(null, columns, false).kind, "scatter");
  assert.equal(
    usable({ name: 'a"b', kind: "number", read: true, type: "FLOAT", missing: [-9999, "Non"] }),
    `("a""b" IS NOT NULL AND isfinite("a""b"::DOUBLE) AND "a""b" NOT IN (-9999::FLOAT))`,
  );
});

test("projections of the sky: east to the left, invertible, and equal-area", () => {
  for (const frame of /** @type {const} */ (["equatorial", "galactic"])) {
    for (const view of [
      { frame, lon: 180, lat: 0, radius: WHOLE },
      { frame, lon: 359.9, lat: 89, radius: 3 },
      { frame, lon: 10, lat: -45, radius: 1 / 60 },
    ]) {
      const plane = new SkyPlane(view);
      const reach = Math.min(view.radius, 170);
      for (let i = 0; i < 40; i++) {
        const at = /** @type {const} */ ([
          view.lon + reach * Math.sin(i * 7) * 0.9,
          Math.max(-90, Math.min(90, view.lat + reach * 0.5 * Math.cos(i * 3))),
        ]);
        const vector = fromFrame(frame, toVector(...at));
        const [u, v] = plane.ofVector(vector);
        const back = plane.back(u, v);
        assert.ok(back);
        back.forEach((value, k) => near(value, vector[k], 1e-9));
        const [ra, dec] = toAngles(vector);
        const all = plane.all([ra], [dec]);
        near(all.u[0], u, 1e-9);
        near(all.v[0], v, 1e-9);
      }
      const [u] = plane.ofFrame(view.lon + Math.min(10, view.radius / 3), plane.whole ? 0 : view.lat);
      assert.ok(u < 0, "east is to the left");
    }
  }
  near(
    new SkyPlane({ frame: "equatorial", lon: 0, lat: 0, radius: WHOLE }).of(180 - 1e-9, 0)[0],
    -2 * Math.SQRT2,
    1e-6,
  );
  assert.equal(new SkyPlane({ frame: "equatorial", lon: 0, lat: 0, radius: WHOLE }).back(2.9, 0), null);
});

test("galactic coordinates", () => {
  const [lon, lat] = toAngles(intoFrame("galactic", toVector(266.4049882865447, -28.936177761791473)));
  near(((lon + 180) % 360) - 180, 0, 1e-5);
  near(lat, 0, 1e-5);
  near(toAngles(fromFrame("galactic", [0, 0, 1]))[1], 27.12825, 1e-4);
});

test("the graticule has labels at round coordinates", () => {
  assert.equal(hours(6 * 3600 + 3 * 60 + 20, 5), "6h03m20s");
  assert.equal(hours(-3600, 3600), "23h");
  assert.equal(hours(0.05, 0.05), "0h00m00.05s");
  assert.equal(degrees(-(9 * 3600 + 30 * 60), 1800), "−9°30′");
  assert.equal(degrees(0, 3600), "0°");
  for (const [lon, lat, radius] of [
    [0.001, 0, 1 / 60],
    [120, 89.99, 1],
    [200, -89, 20],
    [90, 14.95, 0.05],
    [359, 60, 60],
  ]) {
    const plane = new SkyPlane({ frame: "equatorial", lon, lat, radius });
    const half = plane.half;
    const { lines, labels } = graticule(plane, { left: -half, right: half, bottom: -half, top: half });
    assert.ok(lines.length >= 3 && lines.length < 60, `${lines.length} lines`);
    assert.ok(
      labels.some((label) => label.side === "left"),
      `${lon} ${lat}`,
    );
    assert.ok(lines.every((line) => line.every(([u, v]) => Number.isFinite(u) && Number.isFinite(v))));
  }
});

test("axes", () => {
  assert.deepEqual(
    ticks(0, 4, true, 5).map((tick) => tick.text),
    ["10⁰", "10¹", "10²", "10³", "10⁴"],
  );
  assert.deepEqual(
    ticks(0, 1, false, 5).map((tick) => tick.text),
    ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"],
  );
  assert.deepEqual(
    ticks(1, 0, false, 5).map((tick) => tick.at),
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  );
  assert.equal(numberText(-1.5e-7), "−1.5×10⁻⁷");
  assert.equal(numberText(1e9), "10⁹");
  assert.equal(numberText(0), "0");
  assert.deepEqual(around(5, 5, false), [4.75, 5.25]);
  assert.deepEqual(around(NaN, NaN, false), [0, 1]);
  for (const [low, high] of [
    [0, 1],
    [0.48, 999.99],
    [-9.3821, 59.1261],
    [3, 3],
    [1e-30, 9],
  ]) {
    const { start, step, count } = roundBins(low, high, 40);
    assert.ok(start <= low + 1e-12 * step && start + step * (count + 1e-9) >= high, `${low} ${high}`);
    assert.ok(count >= 1 && count <= 100);
  }
});

test("a closed line, and the bits of a cover", () => {
  /** @type {[number, number][]} */
  const line = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 1],
    [0, 4],
  ];
  assert.deepEqual([within(line, 1, 1), within(line, 2, 3), within(line, 5, 1)], [true, false, false]);
  const has = coverOf(btoa(String.fromCharCode(0b101, 0x80)));
  assert.deepEqual([0, 1, 2, 14, 15, 99].map(has), [true, false, true, false, true, false]);
});
