import assert from "node:assert/strict";
import { test } from "node:test";
import { measured, plotColumns, positionOf, usable } from "../src/results/plots/plot-columns.js";
import { coverOf, within } from "../src/results/plots/data.js";
import { degrees, graticule, hours } from "../src/results/plots/graticule.js";
import { around, numberText, roundBins, ticks } from "../src/results/plots/scale.js";
import { SkyPlane, WHOLE, fromFrame, intoFrame, toAngles, toVector } from "../src/results/plots/sky-plane.js";
import { barsOfRows, cellsOfRows, countRows } from "../src/results/plots/bins.js";
import { questions, suggestedPlots } from "../src/results/plots/default-plots.js";
import { complete, readPlot, readPlots, writePlot, writePlots } from "../src/results/plots/plot-state.js";
import { nextStop } from "../src/results/plots/walk.js";

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

test("several plots in one address", () => {
  const axis = (/** @type {string} */ column) => ({ column, log: false, reverse: false });
  /** @type {import("../src/results/plots/plot-state.js").PlotState[]} */
  const states = [
    { kind: "scatter", x: axis("a;b"), y: axis('c;"d'), colour: "", frame: "equatorial" },
    { kind: "sky", x: axis(""), y: axis(""), colour: "feh", frame: "galactic" },
    { kind: "histogram", x: axis("z"), y: axis(""), colour: "", frame: "equatorial" },
  ];
  const read = readPlots(writePlots(states));
  assert.deepEqual(
    read.map(({ kind }) => kind),
    ["scatter", "sky", "histogram"],
  );
  assert.deepEqual([read[0].x?.column, read[0].y?.column, read[1].colour], ["a;b", 'c;"d', "feh"]);
  assert.equal(readPlots("sky;pie:a;;sky;sky;sky").length, 3);
  assert.deepEqual(readPlots(null), []);
});

test("columns ask for a plot", () => {
  const column = (/** @type {string} */ text) => {
    const [name, type, ucd = ""] = text.split(":");
    return { name, type, ucd };
  };
  const shown = (/** @type {string[]} */ names, /** @type {{stars: number, far: number}} */ shares) => {
    const fields = names.map(column);
    const columns = plotColumns(fields, fields, []);
    return { plots: suggestedPlots(columns, true, shares).map(writePlot), ask: questions(columns) };
  };
  const stars = [
    "ra:DOUBLE:pos.eq.ra;meta.main",
    "T1:FLOAT:phys.temperature.effective",
    "teff_err:FLOAT:stat.error;phys.temperature.effective",
    "logg:FLOAT",
    "feh:FLOAT",
    "z:DOUBLE:src.redshift",
  ];
  assert.deepEqual(shown(stars, { stars: 0.9, far: NaN }).plots.slice(0, 3), [
    "scatter:-T1,-logg,feh",
    "sky:equatorial",
    "histogram:feh",
  ]);
  assert.match(shown(stars, { stars: 0.9, far: NaN }).ask.stars, /"T1" IS NOT NULL.*"logg" IS NOT NULL/);
  // most rows have no temperature, and nothing says that they are stars
  assert.equal(shown(stars, { stars: 0.1, far: NaN }).plots[0], "histogram:z");
  const all = ["z:DOUBLE", "class:VARCHAR:src.class", "snr:FLOAT"];
  assert.equal(shown(all, { stars: NaN, far: 0.8 }).plots[0], "histogram:z,class");
  assert.equal(shown(all, { stars: NaN, far: 0.1 }).plots[0], "sky:equatorial");
  assert.match(shown(all, { stars: NaN, far: 0.1 }).ask.far, /'GALAXY', 'QSO'/);
  for (const magnitudes of [["r:FLOAT", "i:FLOAT", "z:FLOAT"], ["z:FLOAT:phot.mag"]])
    assert.equal(shown(magnitudes, { stars: NaN, far: NaN }).plots[0], "sky:equatorial");
  assert.deepEqual(shown(["snr:FLOAT", "mag:FLOAT"], { stars: NaN, far: NaN }).plots, [
    "sky:equatorial",
    "scatter:snr,mag",
    "histogram:snr",
  ]);
});

test("rows are counted in cells and bars as the engine counts them", () => {
  const u = Float64Array.of(0, 0.49, 0.5, 1, 1.01, NaN);
  const v = Float64Array.of(0, 1, 0.2, 0, 0.5, 0.5);
  const window = { left: 0, right: 1, bottom: 0, top: 1 };
  const at = cellsOfRows({ u, v }, window, { across: 2, down: 2 });
  assert.deepEqual([...at], [2, 0, 3, 3, -1, -1]);
  // an axis may run to the left
  const back = cellsOfRows({ u, v }, { ...window, left: 1, right: 0 }, { across: 2, down: 2 });
  assert.deepEqual([...back], [3, 1, 3, 2, -1, -1]);
  assert.deepEqual([...barsOfRows(u, 0, 0.5, 2)], [0, 0, 1, 1, -1, -1]);
  const c = Float32Array.of(1, 2, 3, NaN, 0, 0);
  const { k, n, m } = countRows(at, 4, c, 0, null);
  assert.deepEqual(
    [k, n, m].map((list) => [...list]),
    [
      [0, 2, 3],
      [1, 1, 2],
      [2, 1, 3],
    ],
  );
  const kinds = countRows(at, 4, Float32Array.of(0, 1, 2, 2, 0, 0), 3, (i) => i !== 1);
  assert.deepEqual(
    [[...kinds.k], [...kinds.g], [...kinds.n]],
    [
      [2, 3],
      [0, 2],
      [1, 2],
    ],
  );
});

test("arrow keys go to the nearest point in their direction, and reach those beside it", () => {
  const box = { x: 0, y: 0, width: 100, height: 100 };
  const stops = { xs: [50, 60, 62, 90, 200], ys: [50, 52, 90, 10, 50] };
  const right = /** @type {[number, number]} */ ([1, 0]);
  assert.deepEqual(nextStop(stops, box, null, right), [50, 50]);
  assert.deepEqual(nextStop(stops, box, [50, 50], right), [60, 52]);
  // none within 45°: the nearest on that side; what is outside is never reached
  assert.deepEqual(nextStop(stops, box, [60, 52], right), [62, 90]);
  assert.deepEqual(nextStop(stops, box, [90, 10], right), null);
  assert.deepEqual(nextStop(stops, box, [50, 50], [0, -1]), [90, 10]);
});
