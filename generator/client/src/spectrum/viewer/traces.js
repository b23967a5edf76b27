/**
 * From a spectrum and a state to the data of the panels. Every step is kept until its inputs change, so that a slider
 * moves lines without smoothing again.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("../numbers/pixels.js").Pixels} Pixels
 * @typedef {import("./paint.js").Scene} Scene
 * @typedef {import("./paint.js").Colour} Colour
 * @typedef {object} Trace a part of the spectrum that can be shown
 * @property {string} key @property {string} arm @property {string} label
 * @property {import("../data/set.js").Part} part @property {Pixels} pixels
 */
import { fitContinuum } from "../numbers/continuum.js";
import { smooth } from "../numbers/smooth.js";
import { isDifference } from "./state.js";
import { counted, interpolate, isGood, lowerBound, median, pixelsOf, uncounted } from "../numbers/pixels.js";
import { Axis } from "../numbers/wavelengths.js";

/** Å per unit of wavelength in files. */
const UNITS = /** @type {Record<string, number>} */ ({ nm: 10, um: 1e4, m: 1e10 });
/** Number of pixels around a wavelength whose median is the flux there. */
const AROUND = 11;
/** As a share of the whole range: arms further apart than this have a panel each. */
const APART = 0.02;

export class Traces {
  /** @type {Map<string, {on: string, value: any}>} */
  #kept = new Map();

  /** @param {import("../data/set.js").Spectrum} spectrum @param {any} about the description of its set */
  constructor(spectrum, about) {
    this.id = String(spectrum.id);
    this.facts = spectrum.facts;
    /** @type {import("../numbers/wavelengths.js").Medium} */
    this.medium = spectrum.facts.vacuum === false ? "air" : "vacuum";
    this.unit = UNITS[about.wavelength_unit] ?? 1;
    const keys = new Set();
    /** @type {Trace[]} */
    this.all = spectrum.parts.map((part) => {
      const words = [part.arm, part.exposure].filter(Boolean);
      let key = words.join("-") || part.kind;
      for (let n = 2; keys.has(key); n++) key = `${words.join("-") || part.kind}.${n}`;
      keys.add(key);
      return { key, arm: part.arm, label: words.join(" "), part, pixels: pixelsOf(part) };
    });
    const sums = this.all.filter(({ part }) => part.kind === "coadd");
    /** Keys of the parts shown by default. */
    this.usual = (sums.length ? sums : this.all).map(({ key }) => key);
    const has = (/** @type {(trace: Trace) => unknown} */ test) => this.all.some(test);
    /** Masks that occur in any part. @type {string[]} */
    this.masks = [...new Set(this.all.flatMap(({ part }) => Object.keys(part.masks)))];
    /** Layers that can be shown. @type {string[]} */
    this.layers = [
      ...(has(({ pixels }) => pixels.error) ? ["error"] : []),
      ...(has(({ pixels }) => pixels.flux.some((v, i) => Number.isFinite(v) && !isGood(pixels, i)))
        ? ["unweighted"]
        : []),
      ...["sky", "model"].filter((name) => has(({ pixels }) => pixels.values[name])),
      "continuum",
      ...this.masks,
    ];
    this.normalized = has(({ pixels }) => pixels.values.normalized);
    this.subtracted = has(({ pixels }) => pixels.values.subtracted);
  }

  /** The layers shown by default. */
  get usualLayers() {
    return this.layers.filter(
      (name) => name === "error" || (this.masks.includes(name) && name !== "or_mask"),
    );
  }

  /** @param {State} state @param {number} z */
  axis({ medium, frame, unit }, z) {
    return new Axis(this.medium, { medium: medium ?? this.medium, frame, unit, z }, this.unit);
  }

  /** @param {State} state */
  shown({ parts }) {
    const keys = parts ?? this.usual;
    return this.all.filter(({ key }) => keys.includes(key));
  }

  /**
   * A value that is computed once and kept while its inputs stay the same.
   * @template T
   * @param {string} name @param {unknown[]} on @param {() => T} make @returns {T}
   */
  #once(name, on, make) {
    const text = JSON.stringify(on);
    const kept = this.#kept.get(name);
    if (kept?.on === text) return kept.value;
    const value = make();
    this.#kept.set(name, { on: text, value });
    return value;
  }

  /** Wavelengths of a trace on the axis. @param {Trace} trace @param {Axis} axis */
  wavelengths({ key, pixels }, axis) {
    return this.#once(`x ${key}`, [axis.medium, axis.stretch, axis.divisor], () =>
      pixels.wavelength.map((w) => axis.show(w)),
    );
  }

  /** @param {Trace} trace @param {State} state */
  continuum({ key, pixels }, { continuum }) {
    const window = continuum.window / this.unit;
    return this.#once(`continuum ${key}`, [continuum], () => fitContinuum(pixels, { ...continuum, window }));
  }

  /**
   * The scaling in each pixel: the divisor of the flux, and what is subtracted.
   * @param {Trace} trace @param {State} state @returns {(values: Float64Array, difference: boolean) => Float64Array}
   */
  #scaling(trace, state) {
    const { pixels } = trace;
    if (state.scale === "divide" || state.scale === "subtract") {
      const continuum = this.continuum(trace, state);
      if (state.scale === "divide") return (values) => values.map((v, i) => v / continuum[i]);
      return (values, difference) => (difference ? values : values.map((v, i) => v - continuum[i]));
    }
    if (state.scale === "file" && pixels.values.normalized) {
      const { normalized } = pixels.values;
      return (values) =>
        values === pixels.flux ? normalized : values.map((v, i) => v * (normalized[i] / pixels.flux[i]));
    }
    if (state.scale === "subtracted" && pixels.values.subtracted) {
      const { subtracted } = pixels.values;
      const continuum = pixels.flux.map((v, i) => v - subtracted[i]);
      return (values, difference) => {
        if (difference) return values;
        return values === pixels.flux ? subtracted : values.map((v, i) => v - continuum[i]);
      };
    }
    const level = state.scale === "median" || state.scale === "at" ? this.#level(trace, state) : 1;
    return (values) => (level === 1 ? values : values.map((v) => v / level));
  }

  /** @param {Trace} trace @param {State} state */
  #level(trace, state) {
    const own = state.scale === "median" ? levelOf(trace.pixels) : this.#fluxAt(trace, state.at);
    if (own) return Math.abs(own);
    // A part that does not reach the wavelength is scaled like the first one that does.
    for (const other of state.scale === "at" ? this.shown(state) : []) {
      const level = this.#fluxAt(other, state.at);
      if (level) return Math.abs(level);
    }
    return 1;
  }

  /** @param {Trace} trace @param {number} vacuum */
  #fluxAt({ pixels }, vacuum) {
    const { wavelength } = pixels;
    const axis = new Axis(this.medium, { medium: "vacuum", frame: "observed", unit: "A", z: 0 }, this.unit);
    const at = lowerBound(wavelength, axis.read(vacuum));
    return at === 0 || at === wavelength.length
      ? NaN
      : levelOf(pixels, Math.max(0, at - (AROUND >> 1)), Math.min(wavelength.length, at + (AROUND >> 1) + 1));
  }

  /** Scaled flux and error. @param {Trace} trace @param {State} state @returns {Pixels} */
  scaled(trace, state) {
    const { pixels } = trace;
    return this.#once(`scaled ${trace.key}`, [state.scale, state.at, state.continuum, state.parts], () => {
      const scale = this.#scaling(trace, state);
      const error = pixels.error && scale(pixels.error, true).map(Math.abs);
      return { ...pixels, flux: scale(pixels.flux, false), error };
    });
  }

  /** The flux of the used pixels, or of the others. @param {Trace} trace @param {State} state @param {boolean} which */
  drawn(trace, state, which) {
    const on = [state.scale, state.at, state.continuum, state.parts];
    return this.#once(`drawn ${which} ${trace.key}`, on, () =>
      (which ? counted : uncounted)(this.scaled(trace, state)),
    );
  }

  /** @param {Trace} trace @param {State} state */
  smoothed(trace, state) {
    const { smooth: how } = state;
    if (!how) return null;
    const on = [state.scale, state.at, state.continuum, state.parts, how];
    return this.#once(`smooth ${trace.key}`, on, () => smooth(this.scaled(trace, state), how));
  }

  /** Another layer of a trace, scaled like the flux. @param {Trace} trace @param {string} name @param {State} state */
  layer(trace, name, state) {
    const values = name === "continuum" ? this.continuum(trace, state) : trace.pixels.values[name];
    return values ? this.#scaling(trace, state)(values, false) : null;
  }

  /**
   * A template on a trace's pixels: shifted by the redshift and scaled to the flux by least squares.
   * @param {Trace} trace @param {State} state @param {number} z @param {Traces} template
   * @returns {Float64Array | null}
   */
  templateOn(trace, state, z, template) {
    const [source] = template.shown({ ...state, parts: null });
    if (!source) return null;
    const scaled = this.scaled(trace, state);
    // If the flux is divided by the continuum, or it is subtracted, the template's own continuum is used for the template.
    const own = isDifference(state) ? "subtract" : state.scale === "divide" ? "divide" : "none";
    const { flux } = template.scaled(source, { ...state, scale: own, parts: null });
    const showing = { medium: /** @type {const} */ ("vacuum"), unit: /** @type {const} */ ("A") };
    const here = new Axis(this.medium, { ...showing, frame: "rest", z }, this.unit);
    const there = new Axis(template.medium, { ...showing, frame: "observed", z: 0 }, template.unit);
    const out = trace.pixels.wavelength.map((w) =>
      interpolate(source.pixels.wavelength, flux, there.read(here.show(w))),
    );
    if (state.scale === "divide") return out;
    let [cross, square] = [0, 0];
    out.forEach((value, i) => {
      if (!Number.isFinite(value) || !isGood(scaled, i)) return;
      const weight = scaled.error ? 1 / scaled.error[i] ** 2 : 1;
      if (!Number.isFinite(weight)) return;
      cross += weight * value * scaled.flux[i];
      square += weight * value * value;
    });
    return square > 0 && cross > 0 ? out.map((value) => (value * cross) / square) : null;
  }

  /** Whether the arms are so far apart that one panel would be mostly empty. */
  get gapped() {
    /** @type {Map<string, [number, number]>} */
    const ends = new Map();
    for (const { arm, pixels } of this.all) {
      const [low, high] = [pixels.wavelength[0], pixels.wavelength[pixels.wavelength.length - 1]];
      const [a, b] = ends.get(arm) ?? [low, high];
      ends.set(arm, [Math.min(a, low), Math.max(b, high)]);
    }
    const ranges = [...ends.values()].sort((a, b) => a[0] - b[0]);
    const reach = Math.max(...ranges.map(([, high]) => high)) - (ranges[0]?.[0] ?? 0);
    return ranges.some(
      ([low], i) => i > 0 && low - Math.max(...ranges.slice(0, i).map(([, b]) => b)) > APART * reach,
    );
  }

  /** The traces of each panel, from blue to red. @param {State} state @returns {Trace[][]} */
  panels(state) {
    const shown = this.shown(state);
    const apart = state.arms ? state.arms === "apart" : this.gapped;
    if (!apart) return shown.length ? [shown] : [];
    const arms = [...new Set(shown.map(({ arm }) => arm))].map((arm) =>
      shown.filter((one) => one.arm === arm),
    );
    return arms.sort((a, b) => a[0].pixels.wavelength[0] - b[0].pixels.wavelength[0]);
  }
}

/** The median of the flux of pixels with weight. @param {Pixels} pixels @param {number} [from] @param {number} [to] */
function levelOf(pixels, from = 0, to = pixels.flux.length) {
  const values = [];
  for (let i = from; i < to; i++) if (isGood(pixels, i)) values.push(pixels.flux[i]);
  return median(values);
}
