/**
 * The state of the viewer, and its form in an address. In the state wavelengths are observed, in vacuum and in Å; in an address
 * they are those of the axis. docs/permalinks.md describes every parameter.
 *
 * @typedef {[number, number]} Range
 * @typedef {"none" | "median" | "at" | "divide" | "subtract" | "file" | "subtracted"} Scaling
 * @typedef {object} State
 * @property {string[] | null} show layers: error, sky, model, continuum, and names of masks; null for the defaults
 * @property {string[] | null} parts keys of parts; null for the defaults
 * @property {"apart" | "together" | null} arms
 * @property {import("../numbers/smooth.js").Smoothing | null} smooth
 * @property {boolean} alone the smoothed flux in place of the raw one
 * @property {Scaling} scale @property {number} at where flux is 1, for scale "at"
 * @property {import("../numbers/continuum.js").Fit} continuum
 * @property {"observed" | "rest"} frame
 * @property {import("../numbers/wavelengths.js").Medium | null} medium null for the file's
 * @property {"A" | "nm"} unit
 * @property {number | null} z null for the one of the header
 * @property {boolean} velocity redshifts are shown as c z in km/s
 * @property {string[] | null} lines ids of lists; null for those of the class
 * @property {import("../numbers/lines.js").OwnLine[]} own
 * @property {string} template id of a template; "" for none
 * @property {(Range | null)[]} x windows of the panels, null for all
 * @property {(Range | null)[]} y null for what fits
 * @property {Range[]} measure
 */
import { Refused } from "../../search/grammar.js";
import { readNumber } from "../../search/literals.js";
import { t } from "../../shared/strings.js";
import { USUAL } from "../numbers/continuum.js";
import { readOwn, writeOwn } from "../numbers/lines.js";
import { WIDEST } from "../numbers/smooth.js";
import { C } from "../numbers/wavelengths.js";

/** Parameters that are not the viewer's own, and are kept. */
const KEPT = ["theme", "list", "back", "set"];
const SCALINGS = /** @type {const} */ (["none", "median", "at", "divide", "subtract", "file", "subtracted"]);
/** Whether the continuum is subtracted, by the page or in the file. @param {{scale: Scaling}} state */
export const isDifference = ({ scale }) => scale === "subtract" || scale === "subtracted";
/** Redshifts and wavelengths beyond these are invalid. */
const Z = { low: -0.99, high: 30 };
export const FARTHEST = 1e7;
/** So are fluxes. */
export const HIGHEST = 1e30;
/** Most measurements and panels. */
const MANY = 30;

/** @returns {State} */
export function usual() {
  return {
    show: null,
    parts: null,
    arms: null,
    smooth: null,
    alone: false,
    scale: "none",
    at: 5500,
    continuum: { ...USUAL },
    frame: "observed",
    medium: null,
    unit: "A",
    z: null,
    velocity: false,
    lines: null,
    own: [],
    template: "",
    x: [],
    y: [],
    measure: [],
  };
}

/**
 * @template {string} T
 * @param {string} value @param {readonly T[]} allowed @returns {T}
 */
function one(value, allowed) {
  const found = allowed.find((word) => word === value);
  if (found === undefined)
    throw new Refused(t("“{text}” is not one of: {words}.", { text: cut(value), words: allowed.join(", ") }));
  return found;
}

/** @param {string} value */
const cut = (value) => (value.length > 40 ? `${value.slice(0, 39)}…` : value);

/** A number within bounds. @param {string} text @param {number} low @param {number} high */
export function numberIn(text, low, high) {
  const value = readNumber(cut(text));
  if (!(value >= low && value <= high))
    throw new Refused(
      t("“{text}” does not lie between {low} and {high}.", {
        text: cut(text),
        low: String(low),
        high: String(high),
      }),
    );
  return value;
}

/** @param {string} text `low..high` @param {number} most largest absolute value of either end @returns {Range} */
export function readRange(text, most) {
  const ends = text.split("..");
  if (ends.length !== 2)
    throw new Refused(t("“{text}” is not a range; write it as low..high.", { text: cut(text) }));
  const [low, high] = ends.map((end) => numberIn(end, -most, most));
  return upright([low, high]);
}

/** @param {Range} range @returns {Range} checked for its order */
export function upright([low, high]) {
  if (low < high) return [low, high];
  throw new Refused(
    t("The range {low}..{high} is the wrong way round.", { low: String(low), high: String(high) }),
  );
}

/** @param {string} text ranges separated by commas, an empty one for all @param {number} most */
const readRanges = (text, most) =>
  text
    .split(",")
    .slice(0, MANY)
    .map((part) => (part.trim() ? readRange(part, most) : null));

/** @param {string} text names separated by commas */
const names = (text) =>
  text === "none"
    ? []
    : text
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean)
        .slice(0, 200);

/** @type {Record<string, (value: string, state: State, known: Known) => void>} */
const READERS = {
  show: (value, state, { layers }) => (state.show = names(value).map((name) => one(name, layers))),
  parts: (value, state, { parts }) => (state.parts = names(value).map((name) => one(name, parts))),
  arms: (value, state) => (state.arms = one(value, /** @type {const} */ (["apart", "together"]))),
  smooth(value, state) {
    const [how, ...words] = value.split(",");
    const [, kind, width, unit] = /^(\w+):([^a-z]+)(px|km\/s)$/.exec(how) ?? [];
    if (!unit)
      throw new Refused(t("Write it as {form}.", { form: "gaussian:2px, boxcar:5px, gaussian:150km/s" }));
    const measure = /** @type {"px" | "km/s"} */ (unit);
    const flags = words.map((word) => one(word, ["weighted", "alone"]));
    state.smooth = {
      kind: one(kind, /** @type {const} */ (["boxcar", "gaussian"])),
      width: numberIn(width, 0.1, WIDEST[measure]),
      unit: measure,
      weighted: flags.includes("weighted"),
    };
    state.alone = flags.includes("alone");
  },
  scale(value, state) {
    const [kind, at] = value.split(":");
    const scale = one(kind, SCALINGS);
    if (scale === "at") state.at = numberIn(at ?? "", 1, FARTHEST);
    state.scale = scale;
  },
  continuum(value, state) {
    const parts = value.split(",");
    if (parts.length !== 3) throw new Refused(t("Write it as {form}.", { form: "300,1.5,3" }));
    state.continuum = {
      window: numberIn(parts[0], 1, 1e5),
      low: numberIn(parts[1], 0.1, 100),
      high: numberIn(parts[2], 0.1, 100),
    };
  },
  frame: (value, state) => (state.frame = one(value, /** @type {const} */ (["observed", "rest"]))),
  medium: (value, state) => (state.medium = one(value, /** @type {const} */ (["vacuum", "air"]))),
  unit: (value, state) => (state.unit = one(value, /** @type {const} */ (["A", "nm"]))),
  z: (value, state) => (state.z = numberIn(value, Z.low, Z.high)),
  rv(value, state) {
    state.z = numberIn(value, Z.low * C, Z.high * C) / C;
    state.velocity = true;
  },
  lines: (value, state, { lists }) => (state.lines = names(value).map((name) => one(name, lists))),
  own: (value, state) => (state.own = readOwn(value)),
  template(value, state) {
    if (!/^[^\p{Cc}]{1,80}$/u.test(value)) throw new Refused(t("This is not the name of a template."));
    state.template = value;
  },
  x: (value, state) => (state.x = readRanges(value, FARTHEST)),
  y: (value, state) => (state.y = readRanges(value, HIGHEST)),
  measure: (value, state) =>
    (state.measure = value
      .split(",")
      .slice(0, MANY)
      .map((part) => readRange(part, FARTHEST))),
};

/**
 * @typedef {object} Known names that a state may use
 * @property {string[]} layers @property {string[]} parts @property {string[]} lists
 */

/**
 * @param {URLSearchParams} query @param {Known} known @param {string} id name of the parameter that is the spectrum's id
 * @returns {{state: State, refused: string[]}} wavelengths still those of the axis; a line for each parameter that is wrong
 */
export function readState(query, known, id) {
  const state = usual();
  const refused = [];
  for (const key of new Set(query.keys())) {
    if (key === id || KEPT.includes(key)) continue;
    try {
      const values = query.getAll(key);
      const read = Object.hasOwn(READERS, key) ? READERS[key] : null;
      if (!read) throw new Refused(t("there is no such parameter here."));
      if (values.length > 1) throw new Refused(t("is given twice; separate several values by commas."));
      read(values[0].trim(), state, known);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(t("{parameter}: {message}", { parameter: cut(key), message: error.message }));
    }
  }
  return { state, refused };
}

/**
 * Convert wavelengths from those of the axis to observed ones, or back.
 * @param {State} state @param {(wavelength: number) => number} change @returns {State}
 */
export function changed(state, change) {
  const range = (/** @type {Range} */ [low, high]) => /** @type {Range} */ ([change(low), change(high)]);
  return {
    ...state,
    at: change(state.at),
    x: state.x.map((window) => window && range(window)),
    measure: state.measure.map(range),
  };
}

/** @param {number} value @param {number} digits after the point */
const short = (value, digits) => String(Number(value.toFixed(digits)));

/** A limit of an axis, to a ten-thousandth of the range. @param {number} value @param {Range} ends */
export function limitText(value, [low, high]) {
  const digits = Math.ceil(Math.log10(Math.abs(value) / (high - low))) + 5;
  return String(Number(value.toPrecision(Math.min(Math.max(digits, 6), 17))));
}

/**
 * The query of an address, without the id. Default values are left out.
 * @param {State} state @param {import("../numbers/wavelengths.js").Axis} axis
 */
export function writeState(state, axis) {
  const shown = changed(state, (wavelength) => axis.ofVacuum(wavelength));
  const plain = usual();
  /** @type {[string, string][]} */
  const out = [];
  const add = (/** @type {string} */ key, /** @type {string} */ value) => out.push([key, value]);
  const listed = (/** @type {string[]} */ words) => words.join(",") || "none";
  /** A ten-thousandth of an Å is finer than any spectrograph resolves. */
  const place = (/** @type {number} */ wavelength) => short(wavelength, state.unit === "nm" ? 5 : 4);
  const range = (/** @type {Range} */ ends) => ends.map(place).join("..");
  if (state.show) add("show", listed(state.show));
  if (state.parts) add("parts", listed(state.parts));
  if (state.arms) add("arms", state.arms);
  if (state.frame !== plain.frame) add("frame", state.frame);
  if (state.medium) add("medium", state.medium);
  if (state.unit !== plain.unit) add("unit", state.unit);
  if (state.velocity && state.z !== null) add("rv", short(state.z * C, 3));
  else if (state.z !== null) add("z", short(state.z, 8));
  if (state.lines) add("lines", listed(state.lines));
  if (state.own.length) add("own", writeOwn(state.own, ";"));
  if (state.smooth) {
    const { kind, width, unit, weighted } = state.smooth;
    const flags = [weighted && "weighted", state.alone && "alone"].filter(Boolean);
    add("smooth", [`${kind}:${short(width, 3)}${unit}`, ...flags].join(","));
  }
  if (state.scale !== "none") add("scale", state.scale === "at" ? `at:${place(shown.at)}` : state.scale);
  const { window, low, high } = state.continuum;
  if (window !== USUAL.window || low !== USUAL.low || high !== USUAL.high)
    add("continuum", [window, low, high].map((value) => short(value, 3)).join(","));
  if (state.template) add("template", state.template);
  if (shown.x.some(Boolean)) add("x", shown.x.map((window) => (window ? range(window) : "")).join(","));
  if (state.y.some(Boolean))
    add(
      "y",
      state.y.map((window) => (window ? window.map((v) => limitText(v, window)).join("..") : "")).join(","),
    );
  if (shown.measure.length) add("measure", shown.measure.map(range).join(","));
  return out
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(value).replace(/%(2C|3A|2F|3B|20)/g, (code) => PLAIN[code] ?? code)}`,
    )
    .join("&");
}

/** @type {Record<string, string>} */
const PLAIN = { "%2C": ",", "%3A": ":", "%2F": "/", "%3B": ";", "%20": "+" };
