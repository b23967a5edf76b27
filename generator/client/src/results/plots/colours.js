/** Colours of plots: the theme's own for lines and categories, viridis (perceptually uniform, safe for colour-blind readers) for values. */
import { interpolateViridis } from "d3-scale-chromatic";

/**
 * @typedef {object} Palette
 * @property {boolean} dark
 * @property {string} surface @property {string} sunken @property {string} ink @property {string} soft
 * @property {string} line @property {string} grid @property {string} point @property {string} accent
 * @property {string[]} categories the last is for all others
 * @property {string} none rows without a value for the colour
 * @property {string[]} values low to high
 * @property {string[]} density few to many
 */

/** Number of steps on a colour scale. */
export const STEPS = 64;
/** Number of categories with a colour of their own. */
export const NAMED = 5;

/** @param {number} from @param {number} to shares of viridis */
const ramp = (from, to) =>
  Array.from({ length: STEPS }, (_, i) => hex(interpolateViridis(from + ((to - from) * i) / (STEPS - 1))));

/** `rgb(1, 2, 3)` as `#010203`. @param {string} colour */
function hex(colour) {
  const parts = /^rgb\((\d+), ?(\d+), ?(\d+)\)$/.exec(colour);
  return parts
    ? `#${parts
        .slice(1)
        .map((n) => Number(n).toString(16).padStart(2, "0"))
        .join("")}`
    : colour;
}

/** @param {string} colour #rrggbb @returns {[number, number, number]} */
export function rgb(colour) {
  const n = parseInt(colour.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** @returns {Palette} of the theme as it is now */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const get = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const dark = style.colorScheme.trim() === "dark";
  return {
    dark,
    surface: get("surface"),
    sunken: get("sunken"),
    ink: get("ink"),
    soft: get("ink-soft"),
    line: get("line-strong"),
    grid: get("chart-grid"),
    point: get("chart-1"),
    accent: get("accent"),
    categories: [1, 2, 3, 4, 5, 6].map((n) => get(`chart-${n}`)),
    none: get("line-strong"),
    values: dark ? ramp(0.12, 1) : ramp(0, 0.93),
    density: dark ? ramp(0.15, 1) : ramp(0.93, 0),
  };
}

/** Of the light theme, on white: saved plots are for paper. */
export function paperPalette() {
  const { dataset } = document.documentElement;
  const theme = dataset.theme;
  dataset.theme = "light";
  const palette = readPalette();
  if (theme === undefined) delete dataset.theme;
  else dataset.theme = theme;
  return { ...palette, surface: "#ffffff" };
}
