/** The chart of what lies around an object, as SVG: north up, east to the left. The table beside it says the same in words. */
import { countText, t } from "../../shared/strings.js";
import { barOf, yearsOf } from "./around.js";

/** @typedef {import("./around.js").Neighbour} Neighbour */

const NS = "http://www.w3.org/2000/svg";
/** Radius of the field in units of the drawing. */
const FIELD = 100;
/** Magnitudes of the largest and the smallest symbol, and their sizes. */
const [BRIGHT, FAINT, LARGE, SMALL] = [9, 20, 5.2, 2.2];

/**
 * Symbols of one catalogue: its place in the legend decides shape and colour.
 * @param {number} at
 */
export const symbolClass = (at) => `finder-mark chart-${(at % 6) + 1}`;

/** @param {number} at @param {number} x @param {number} y @param {number} size @param {boolean} other of another catalogue */
export function symbol(at, x, y, size, other) {
  const [a, b, s] = [round(x), round(y), round(size)];
  const paths = other
    ? [
        `M${a - s} ${b}h${2 * s}M${a} ${b - s}v${2 * s}`,
        `M${a - s} ${b - s}l${2 * s} ${2 * s}m0 ${-2 * s}l${-2 * s} ${2 * s}`,
      ]
    : [
        `M${a - s} ${b}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`,
        `M${a - s} ${b - s}h${2 * s}v${2 * s}h${-2 * s}z`,
        `M${a} ${b - 1.3 * s}l${1.2 * s} ${2.2 * s}h${-2.4 * s}z`,
        `M${a} ${b - 1.3 * s}l${1.3 * s} ${1.3 * s}l${-1.3 * s} ${1.3 * s}l${-1.3 * s} ${-1.3 * s}z`,
      ];
  return make("path", { class: `${symbolClass(at)}${other ? " other" : ""}`, d: paths[at % paths.length] });
}

/** A symbol or an arrow for a legend or a table. @param {Element} inside drawn around 0, 0 */
export function keyMark(inside) {
  const mark = make("svg", {
    class: "finder-key",
    viewBox: "-8 -8 16 16",
    width: 16,
    height: 16,
    "aria-hidden": "true",
  });
  mark.append(inside);
  return mark;
}

/**
 * @param {SVGElement} svg
 * @param {Neighbour[]} found
 * @param {number} radius arcsec
 * @param {(one: Neighbour) => number} legend its place in the legend
 * @returns {number | null} the years for which motions are drawn; null where none is
 */
export function drawFinder(svg, found, radius, legend) {
  const scale = FIELD / radius;
  const years = yearsOf(found, radius);
  const inside = found.filter(({ east, north }) => Math.hypot(east, north) <= radius);
  // Symbols that are large lie below.
  const order = inside.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const marks = order.map((one) => {
    const group = make("g", { "data-key": String(found.indexOf(one)) });
    const [x, y] = [-one.east * scale, -one.north * scale];
    if (one.motion && years) group.append(...arrow(x, y, one.motion, (years / 1000) * scale));
    if (one.ring !== null)
      group.append(
        make("circle", {
          class: `finder-ring chart-${(legend(one) % 6) + 1}`,
          cx: round(x),
          cy: round(y),
          r: Math.max(round(one.ring * scale), 0.6),
        }),
      );
    else group.append(symbol(legend(one), x, y, sizeOf(one), one.match !== null));
    return group;
  });
  svg.setAttribute("viewBox", "-118 -116 236 236");
  svg.replaceChildren(
    make("circle", { class: "finder-ground", r: FIELD }),
    make("circle", { class: "finder-grid", r: FIELD / 2 }),
    make("path", { class: "finder-cross", d: "M-12 0h8M4 0h8M0 -12v8M0 4v8" }),
    ...marks,
    make("path", { class: "finder-axes", d: "M0 -100v-7M-100 0h-7" }),
    make("text", { class: "finder-text", x: 0, y: -109 }, t("N")),
    make("text", { class: "finder-text", x: -112, y: 3 }, t("E")),
    ...scaleBar(radius, scale),
  );
  return svg.querySelector(".finder-arrow") ? years : null;
}

/** Bright objects are large; those whose magnitude is not known are small. @param {Neighbour} one */
function sizeOf({ magnitude }) {
  if (magnitude === null) return 2.8;
  const share = Math.min(Math.max((magnitude - BRIGHT) / (FAINT - BRIGHT), 0), 1);
  return LARGE + (SMALL - LARGE) * share;
}

/** @param {number} x @param {number} y @param {{east: number, north: number}} motion @param {number} scale of mas/yr */
function arrow(x, y, { east, north }, scale) {
  const [dx, dy] = [-east * scale, -north * scale];
  const length = Math.hypot(dx, dy);
  if (length < 2.5) return [];
  const [ux, uy] = [dx / length, dy / length];
  const [ex, ey] = [x + dx, y + dy];
  const head = `M${round(ex - 3 * ux + 1.7 * uy)} ${round(ey - 3 * uy - 1.7 * ux)}L${round(ex)} ${round(ey)}L${round(ex - 3 * ux - 1.7 * uy)} ${round(ey - 3 * uy + 1.7 * ux)}`;
  return [
    make("path", { class: "finder-arrow", d: `M${round(x)} ${round(y)}L${round(ex)} ${round(ey)}${head}` }),
  ];
}

/** @param {number} radius @param {number} scale */
function scaleBar(radius, scale) {
  const bar = barOf(radius);
  const wide = round(bar * scale);
  const right = 112;
  return [
    make("path", {
      class: "finder-bar",
      d: `M${right - wide} 108v6M${right - wide} 111h${wide}M${right} 108v6`,
    }),
    make("text", { class: "finder-text", x: right - wide / 2, y: 105 }, lengthText(bar)),
  ];
}

/** @param {number} arcsec */
export const lengthText = (arcsec) =>
  arcsec < 60 || arcsec % 60 ? `${countText(arcsec)}″` : `${countText(arcsec / 60)}′`;

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
export function make(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text) element.textContent = text;
  return element;
}
