/** The boxes of a form for a region of the sky: cone, box and polygon. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { lazily } from "../../shared/lazy.js";
import { readPolygon } from "../polygon-text.js";
import { CONE_RADIUS, makeBox, parseBox, parseBoxes, parseDec, parseRa, readRadius } from "../position.js";

/**
 * @typedef {import("../position.js").Region} Region
 * @typedef {<T, U = T>(place: HTMLElement | null, read: () => T, otherwise: U) => T | U} Attempt reads a box, and shows next
 *   to it why it cannot be read
 */

/** Boxes of each shape. @type {Record<string, string[]>} */
const PARTS = { cone: ["ra", "dec"], box: ["ra_min", "ra_max", "dec_min", "dec_max"], polygon: ["polygon"] };
/** Extremes, which a box of the sky has where nothing is written. */
const WIDEST = ["0", "360", "-90", "90"];

const corners = lazily(() => import("../names/corners.js"));

export class RegionBoxes {
  /** @param {HTMLFormElement} element */
  constructor(element) {
    this.element = element;
  }

  /** @param {string} part @returns {any} an input or select */
  #control(part) {
    return this.element.querySelector(`[data-part="${part}"]`);
  }

  /** @param {string} part */
  #text(part) {
    return String(this.#control(part)?.value ?? "").trim();
  }

  /** @param {string} part */
  #place(part) {
    return /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-field-part="${part}"]`));
  }

  get shape() {
    const chosen = /** @type {HTMLInputElement | null} */ (
      this.element.querySelector('[data-part="region"]:checked')
    );
    return chosen?.value ?? "none";
  }

  get used() {
    return (PARTS[this.shape] ?? []).some((part) => this.#text(part) !== "");
  }

  /** Replace names among the corners of a polygon by their positions. */
  async settleCorners() {
    const box = this.element.querySelector('[data-part="polygon"]');
    if (box instanceof HTMLTextAreaElement) box.value = await (await corners()).withPlaces(box.value);
  }

  /** @param {Attempt} attempt @returns {Region | null} */
  read(attempt) {
    if (this.shape === "cone") return this.#cone(attempt);
    if (this.shape === "polygon") {
      const text = this.#text("polygon");
      return text ? attempt(this.#place("polygon"), () => readPolygon(text), null) : null;
    }
    return this.shape === "box" ? this.#box(attempt) : null;
  }

  /** @param {Attempt} attempt @returns {Region | null} */
  #cone(attempt) {
    let [ra, dec, radius] = ["ra", "dec", "radius"].map((part) => this.#text(part));
    if (!ra && !dec && !radius) return null;
    const both = attempt(this.#place("ra"), () => parseBoxes(ra, dec), "refused");
    if (both === "refused") return null;
    if (both) {
      this.writeCone(both);
      [ra, dec, radius] = ["ra", "dec", "radius"].map((part) => this.#text(part));
    }
    const readDec = () => {
      if (!dec) throw new Refused(t("Write a declination."));
      return parseDec(dec);
    };
    const readSize = () => (radius ? readRadius(radius, this.#text("unit")) : CONE_RADIUS);
    return {
      type: "cone",
      ra: attempt(this.#place("ra"), () => parseRa(ra), 0),
      dec: attempt(this.#place("dec"), readDec, 0),
      radius: attempt(this.#place("radius"), readSize, 1),
    };
  }

  /** Whether the two boxes of a cone have the halves of one designation. */
  get isSplit() {
    const [ra, dec] = PARTS.cone.map((part) => this.#text(part));
    try {
      return Boolean(ra && dec && parseBoxes(ra, dec));
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  /** Write a position with the radius that came with it. @param {{ra: number, dec: number, radius?: number}} place deg, arcsec */
  writeCone({ ra, dec, radius }) {
    this.#control("ra").value = String(ra);
    this.#control("dec").value = String(dec);
    if (radius === undefined) return;
    this.#control("radius").value = String(radius);
    this.#control("unit").value = "arcsec";
  }

  /** @param {Attempt} attempt @returns {Region | null} */
  #box(attempt) {
    const whole = this.#pastedBox();
    if (whole) PARTS.box.forEach((part, i) => (this.#control(part).value = whole[i]));
    if (PARTS.box.every((part) => !this.#text(part))) return null;
    const [west, east, south, north] = PARTS.box.map((part, i) =>
      attempt(this.#place(part), () => (i < 2 ? parseRa : parseDec)(this.#text(part) || WIDEST[i]), 0),
    );
    return attempt(this.#place("dec_min"), () => makeBox(west, east, south, north), null);
  }

  /** All four ends in the first box: `149, 151, 1, 3`. */
  #pastedBox() {
    const [first, ...others] = PARTS.box.map((part) => this.#text(part));
    const parts = first.replace(/^[([]|[)\]]$/g, "").split(/\s*[,;]\s*|\s+/);
    if (parts.length !== 4 || others.some(Boolean)) return null;
    try {
      parseBox(parts.join(","));
      return parts;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return null;
    }
  }
}
