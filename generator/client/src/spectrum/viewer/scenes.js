/** From traces and a state to the scene of each panel, and to the values at a position in it. */
import { bitName, bitsOf, countBits, runs } from "../numbers/masks.js";
import { measure } from "../numbers/measure.js";
import { typeset } from "../export/units.js";
import { isDifference } from "./state.js";
import { isGood, lowerBound, median } from "../numbers/pixels.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("./traces.js").Traces} Traces
 * @typedef {import("./traces.js").Trace} Trace
 * @typedef {import("./state.js").State} State
 * @typedef {import("../numbers/wavelengths.js").Axis} Axis
 * @typedef {import("./paint.js").Scene} Scene
 * @typedef {import("./ink.js").Colour} Colour
 * @typedef {object} Showing everything that a drawing depends on
 * @property {Traces} traces @property {State} state @property {Axis} axis @property {number} z
 * @property {string[]} layers @property {import("../numbers/lines.js").Mark[]} marks
 * @property {Traces | null} template @property {any} about @property {string} lang
 */

/** Colours of traces in a panel, in turn; those beyond are dashed. */
const TURN = /** @type {Colour[]} */ (
  [1, 2, 4, 3, 7, 5, 8, 10, 9, 12, 11, 6].map((number) => `chart-${number}`)
);
const DASHES = [undefined, [7, 3], [2, 2]];

/** Look of the n-th trace of a panel. @param {number} n */
export const lookOfTrace = (n) => ({
  colour: TURN[n % TURN.length],
  dash: DASHES[Math.floor(n / TURN.length) % DASHES.length],
});
const OF_LAYER = /** @type {Record<string, Colour>} */ ({
  sky: "chart-5",
  model: "chart-2",
  continuum: "chart-3",
});
/** Colours of lists of lines, in turn; the reader's own lines have another. */
const OF_LISTS = /** @type {Colour[]} */ (["chart-1", "chart-2", "chart-4", "chart-3", "chart-6", "chart-5"]);
/** Share of an exposure's pixels at either end that may be outliers. */
const ODD = 0.01;
/** Space above and below a curve, as a share of its height. */
const AIR = 0.06;

/** @param {number} list */
export const colourOfList = (list) => (list < 0 ? "accent" : OF_LISTS[list % OF_LISTS.length]);

/** @param {string} mask */
export const lookOfMask = (mask) =>
  mask === "or_mask"
    ? { colour: /** @type {Colour} */ ("warn"), alpha: 0.16 }
    : { colour: /** @type {Colour} */ ("bad"), alpha: 0.2 };

/** Name of a layer for readers. @param {string} name */
export function layerName(name) {
  const words = /** @type {Record<string, string>} */ ({
    error: t("error"),
    unweighted: t("pixels without weight"),
    sky: t("sky"),
    model: t("model"),
    continuum: t("continuum"),
  });
  return words[name] ?? name;
}

/**
 * The scenes of all panels. Limits that the reader has not chosen fit the data.
 * @param {Showing} showing @returns {{scene: Scene, traces: Trace[]}[]}
 */
export function scenesOf(showing) {
  const { traces, state, axis } = showing;
  return traces.panels(state).map((group, panel) => {
    const drawn = group.map((trace) => ({ trace, xs: traces.wavelengths(trace, axis) }));
    const whole = /** @type {[number, number]} */ ([
      Math.min(...drawn.map(({ xs }) => xs[0])),
      Math.max(...drawn.map(({ xs }) => xs[xs.length - 1])),
    ]);
    if (!(whole[1] > whole[0])) whole[1] = whole[0] + 1;
    const window = state.x[panel];
    const x = window ? /** @type {[number, number]} */ (window.map((w) => axis.ofVacuum(w))) : whole;
    const y = state.y[panel] ?? fit(showing, drawn, x);
    /** @type {Scene} */
    const scene = {
      whole,
      x,
      y,
      fixed: Boolean(state.y[panel]),
      shades: [],
      bands: [],
      curves: [],
      marks: showing.marks.map((mark) => ({ ...mark, colour: colourOfList(mark.list) })),
      measures: [],
      title: group.every(({ arm }) => arm === group[0].arm) ? group[0].arm : "",
      across: acrossTitle(state, traces),
      up: upTitle(state, showing.about),
    };
    // The first ones, which are the sums, are drawn last, above the others.
    for (const [n, { trace, xs }] of [...drawn.entries()].reverse())
      addTrace(scene, showing, trace, xs, n, drawn.length);
    for (const [low, high] of state.measure) {
      const [a, b] = [axis.ofVacuum(low), axis.ofVacuum(high)];
      const found = group.map((trace) => measured(showing, trace, a, b)).find(Boolean);
      if (found) scene.measures.push(found);
    }
    return { scene, traces: group };
  });
}

/**
 * Measurements of a trace by their limits: a Gaussian takes too long to be fitted for every frame.
 * @type {WeakMap<object, {wavelength: Float64Array, found: Map<string, import("../numbers/measure.js").Measurement | null>}>}
 */
const known = new WeakMap();

/**
 * @param {Showing} showing @param {Trace} trace @param {number} low @param {number} high on the axis
 */
export function measured({ traces, state, axis }, trace, low, high) {
  const scaled = traces.scaled(trace, state);
  const wavelength = traces.wavelengths(trace, axis);
  let memory = known.get(scaled);
  if (memory?.wavelength !== wavelength) {
    memory = { wavelength, found: new Map() };
    known.set(scaled, memory);
  }
  const key = `${low} ${high}`;
  const found = memory.found.get(key);
  if (found !== undefined) return found;
  const made = measureWithin({ ...scaled, wavelength }, low, high);
  memory.found.set(key, made);
  return made;
}

/** @param {import("../numbers/pixels.js").Pixels} pixels @param {number} low @param {number} high */
function measureWithin(pixels, low, high) {
  const { wavelength } = pixels;
  // There is nothing to measure beyond the first and the last pixel.
  const [first, last] = [wavelength[0], wavelength[wavelength.length - 1]];
  return high <= first || low >= last ? null : measure(pixels, Math.max(low, first), Math.min(high, last));
}

/**
 * @param {Scene} scene @param {Showing} showing @param {Trace} trace @param {Float64Array} xs
 * @param {number} n its index in the panel @param {number} of number of traces
 */
function addTrace(scene, { traces, state, layers, z, template }, trace, xs, n, of) {
  const { colour, dash } = lookOfTrace(n);
  const { error } = traces.scaled(trace, state);
  const flux = traces.drawn(trace, state, true);
  const smoothed = traces.smoothed(trace, state);
  const name = (/** @type {string} */ word) => (trace.label && of > 1 ? `${trace.label} ${word}` : word);
  const add = (/** @type {Omit<import("./paint.js").Curve, "xs" | "rank">} */ curve) =>
    scene.curves.push({ xs, rank: n, ...curve });
  for (const mask of layers.filter((layer) => trace.pixels.masks[layer]))
    for (const { from, to } of runs(xs, trace.pixels.masks[mask]))
      scene.shades.push({ from, to, ...lookOfMask(mask) });
  const top = smoothed ?? { flux, error };
  if (layers.includes("error") && top.error)
    scene.bands.push({ xs, ys: top.flux, errors: top.error, colour });
  const many = of > 3 && n > 0 ? 0.75 : 1;
  if (layers.includes("unweighted")) {
    const label = layerName("unweighted");
    const ys = traces.drawn(trace, state, false);
    add({ ys, colour: "line-strong", dash: [2, 2], steps: true, label });
  }
  if (!(smoothed && state.alone)) {
    const look = smoothed
      ? { colour: /** @type {Colour} */ ("line-strong"), alpha: 0.55 * many, label: name(t("flux as it is")) }
      : { colour, dash, alpha: many, label: name(t("flux")) };
    add({ ys: flux, steps: true, ...look });
  }
  if (smoothed) add({ ys: smoothed.flux, colour, dash, width: 1.5, steps: true, label: name(t("smoothed")) });
  for (const layer of ["sky", "model", "continuum"]) {
    const ys = layers.includes(layer) ? traces.layer(trace, layer, state) : null;
    if (ys) add({ ys, colour: OF_LAYER[layer], width: 1.4, alpha: 0.9, label: layerName(layer) });
  }
  const ys = template && state.template ? traces.templateOn(trace, state, z, template) : null;
  if (ys) {
    const label = t("template {name}", { name: state.template });
    add({ ys, colour: "chart-2", width: 1.5, alpha: 0.9, dash: [6, 2], label });
  }
}

/**
 * Limits of flux for the data in view, ignoring single outliers and pixels with little weight. Of a single
 * exposure, which may have cosmic rays, the highest and the lowest pixels are ignored too.
 * @param {Showing} showing @param {{trace: Trace, xs: Float64Array}[]} drawn @param {[number, number]} x
 * @returns {[number, number]}
 */
function fit({ traces, state }, drawn, x) {
  let [low, high] = [Infinity, -Infinity];
  for (const { trace, xs } of drawn) {
    const scaled = traces.scaled(trace, state);
    const smoothed = traces.smoothed(trace, state);
    const { flux, error } = smoothed && state.alone ? smoothed : scaled;
    const [first, last] = [lowerBound(xs, x[0]), lowerBound(xs, x[1])];
    const good = [];
    for (let i = first; i < last; i++) if (isGood(scaled, i) && Number.isFinite(flux[i])) good.push(i);
    const usual = error ? median(good.map((i) => error[i])) : NaN;
    const counted = error ? good.filter((i) => !(error[i] > 5 * usual)) : good;
    const kept = counted.length > 5 ? counted : good;
    const values = [];
    for (let k = 0; k < kept.length; k++) {
      const [a, b, c] = [kept[k - 1] ?? kept[k], kept[k], kept[k + 1] ?? kept[k]].map((i) => flux[i]);
      // The median of three neighbours.
      const value = kept.length > 20 ? Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)) : b;
      values.push(value);
    }
    if (!values.length) continue;
    values.sort((a, b) => a - b);
    const odd = trace.part.kind === "single" ? Math.ceil(values.length * ODD) : 0;
    low = Math.min(low, values[odd]);
    high = Math.max(high, values[values.length - 1 - odd]);
  }
  if (!Number.isFinite(low)) return [0, 1];
  if (!Number.isFinite(high - low)) return [-1, 1];
  const span = high - low || Math.abs(high) || 1;
  return [low - AIR * span, high + 1.5 * AIR * span];
}

/** @param {State} state @param {Traces} traces */
function acrossTitle({ frame, medium, unit }, traces) {
  const word = (medium ?? traces.medium) === "air" ? t("in air") : t("in vacuum");
  const rest = frame === "rest" ? t("at rest") : t("observed");
  return `${t("Wavelength")} (${unit === "nm" ? "nm" : "Å"}, ${word}, ${rest})`;
}

/** @param {State} state @param {any} about */
function upTitle(state, about) {
  const { scale } = state;
  if (scale === "divide") return t("Flux / continuum");
  if (scale === "file") return t("Normalised flux");
  const relative = scale !== "none" && !isDifference(state);
  const unit = relative ? t("relative") : typeset(about.flux_unit) || t("relative");
  return `${isDifference(state) ? t("Flux − continuum") : t("Flux")} (${unit})`;
}

/**
 * The pixel of a trace at a wavelength.
 * @param {Showing} showing @param {Trace} trace @param {number} x
 */
export function pixelAt({ traces, state, axis }, trace, x) {
  const xs = traces.wavelengths(trace, axis);
  const after = lowerBound(xs, x);
  const i = after > 0 && (after === xs.length || x - xs[after - 1] < xs[after] - x) ? after - 1 : after;
  const step = xs.length > 1 ? (xs[xs.length - 1] - xs[0]) / (xs.length - 1) : 1;
  if (Math.abs(xs[i] - x) > 3 * step) return null;
  const { flux, error } = traces.scaled(trace, state);
  const smoothed = traces.smoothed(trace, state);
  return { i, x: xs[i], flux: flux[i], error: error ? error[i] : null, smoothed: smoothed?.flux[i] ?? null };
}

/** Names of the bits that a pixel has, mask by mask. @param {Showing} showing @param {Trace} trace @param {number} i */
export function maskWords({ traces, about, lang }, { pixels }, i) {
  const tables = about.layouts[traces.facts.layout]?.masks ?? {};
  return Object.entries(pixels.masks).flatMap(([mask, values]) => {
    const bits = bitsOf(values[i]).map((bit) => bitName(tables[mask], bit, lang).name);
    return bits.length ? [`${mask} ${bits.join(" ")}`] : [];
  });
}

/**
 * The bits that occur in the traces shown, by mask.
 * @param {Showing} showing
 * @returns {{mask: string, bits: {name: string, meaning: string, pixels: number}[]}[]}
 */
export function bitsShown({ traces, state, about, lang }) {
  const tables = about.layouts[traces.facts.layout]?.masks ?? {};
  return traces.masks.map((mask) => {
    /** @type {Map<number, number>} */
    const counts = new Map();
    for (const { pixels } of traces.shown(state))
      for (const [bit, n] of countBits(pixels.masks[mask] ?? new Float64Array()))
        counts.set(bit, (counts.get(bit) ?? 0) + n);
    const bits = [...counts].sort(([a], [b]) => a - b);
    return { mask, bits: bits.map(([bit, pixels]) => ({ ...bitName(tables[mask], bit, lang), pixels })) };
  });
}
