/** A small map of the whole sky with positions on it, as SVG: Hammer's projection, equatorial, east to the left. */
import { graticule } from "../../results/plots/graticule.js";
import { SkyPlane, WHOLE } from "../../results/plots/sky-plane.js";

const NS = "http://www.w3.org/2000/svg";
const SCALE = 100;
const [WIDE, HIGH] = [2 * Math.SQRT2 * SCALE, Math.SQRT2 * SCALE];

/** @param {SVGElement} svg @param {{ra: number, dec: number}[]} places */
export function drawSky(svg, places) {
  const plane = new SkyPlane({ frame: "equatorial", lon: 180, lat: 0, radius: WHOLE });
  const window = { left: -2 * Math.SQRT2, right: 2 * Math.SQRT2, bottom: -Math.SQRT2, top: Math.SQRT2 };
  const { lines, plane: galactic, labels } = graticule(plane, /** @type {any} */ (window));
  const path = (/** @type {[number, number][][]} */ all) =>
    all.map((line) => line.map(([u, v], k) => `${k ? "L" : "M"}${at(u)} ${at(-v)}`).join("")).join("");
  const marks = places.map(({ ra, dec }) => plane.of(ra, dec));
  svg.setAttribute("viewBox", `${-WIDE - 16} ${-HIGH - 6} ${2 * WIDE + 32} ${2 * HIGH + 12}`);
  svg.replaceChildren(
    make("ellipse", { class: "sky-ground", rx: at(WIDE / SCALE), ry: at(HIGH / SCALE) }),
    make("path", { class: "sky-lines", d: path(lines) }),
    make("path", { class: "sky-galaxy", d: path(galactic) }),
    ...labels
      .filter(({ side }) => side === "inside")
      .map((label) => make("text", { class: "sky-label", x: at(label.u), y: at(-label.v) - 4 }, label.text)),
    ...marks.flatMap(([u, v]) => [
      make("circle", { class: "sky-halo", cx: at(u), cy: at(-v), r: 13 }),
      make("circle", { class: "sky-place", cx: at(u), cy: at(-v), r: 5 }),
    ]),
  );
}

/** @param {number} value */
const at = (value) => Math.round(value * SCALE * 10) / 10;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function make(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text) element.textContent = text;
  return element;
}
