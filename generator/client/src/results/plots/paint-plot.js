/** The parts of a plot that are too much for SVG, on a canvas: points, cells of density, the sky that a catalogue covers. */
import { vec2pix_nest } from "@hscmap/healpix";
import { STEPS, rgb } from "./colours.js";

/**
 * @typedef {CanvasRenderingContext2D} Context
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./queries.js").Window} Window
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{kind: "number", low: number, high: number} | {kind: "category", count: number}} Shades
 * @typedef {{k: Int32Array, g: Int32Array, n: Int32Array, m: Float32Array}} Bins
 */

/** Where places of the plane are on the canvas. @param {Box} box @param {Window} window */
export function mapping({ x, y, width, height }, { left, right, bottom, top }) {
  return {
    x: (/** @type {number} */ u) => x + ((u - left) / (right - left)) * width,
    y: (/** @type {number} */ v) => y + ((top - v) / (top - bottom)) * height,
    u: (/** @type {number} */ px) => left + ((px - x) / width) * (right - left),
    v: (/** @type {number} */ py) => top - ((py - y) / height) * (top - bottom),
  };
}

/** Colour of a row's c. @param {Shades | null} shades @returns {(c: number) => number} place in `colours` */
function shader(shades) {
  if (!shades) return () => 0;
  if (shades.kind === "category") return (c) => c;
  const span = shades.high - shades.low || 1;
  return (c) =>
    Number.isNaN(c) ? STEPS : Math.max(0, Math.min(STEPS - 1, Math.floor(((c - shades.low) / span) * STEPS)));
}

/** All colours that a plot's rows may have, indexed by `shader`. @param {Shades | null} shades @param {Palette} palette */
function colours(shades, palette) {
  if (!shades) return [palette.point];
  if (shades.kind === "number") return [...palette.values, palette.none];
  return [
    palette.none,
    ...palette.categories.slice(0, shades.count),
    palette.categories[palette.categories.length - 1],
  ];
}

/** @param {number} n points */
export function pointSize(n) {
  return n <= 200 ? 3.2 : n <= 2000 ? 2.4 : n <= 10000 ? 1.6 : 1.1;
}

/**
 * @param {Context} context @param {Float32Array} xs @param {Float32Array} ys @param {Float32Array} c
 * @param {Shades | null} shades @param {Palette} palette
 * @param {{box: Box, faint: boolean, marked: (i: number) => boolean}} options marked: drawn last, and larger
 */
export function paintPoints(context, xs, ys, c, shades, palette, { box, faint, marked }) {
  const all = colours(shades, palette);
  const shade = shader(shades);
  const size = pointSize(xs.length);
  const round = xs.length <= 10000;
  /** @type {number[][]} */
  const groups = all.map(() => []);
  const chosen = [];
  const [left, right, top, bottom] = [box.x - 4, box.x + box.width + 4, box.y - 4, box.y + box.height + 4];
  for (let i = 0; i < xs.length; i++) {
    if (!(xs[i] > left && xs[i] < right && ys[i] > top && ys[i] < bottom)) continue;
    if (faint && marked(i)) chosen.push(i);
    else groups[shade(c[i])].push(i);
  }
  context.globalAlpha =
    (xs.length <= 200 ? 0.9 : xs.length <= 2000 ? 0.75 : xs.length <= 10000 ? 0.6 : 0.5) * (faint ? 0.45 : 1);
  groups.forEach((group, at) => {
    context.fillStyle = all[at];
    dots(context, group, xs, ys, size, round);
  });
  context.globalAlpha = 1;
  context.fillStyle = palette.surface;
  dots(context, chosen, xs, ys, size + 1.4, chosen.length <= 10000);
  context.fillStyle = palette.accent;
  dots(context, chosen, xs, ys, size + 0.5, chosen.length <= 10000);
}

/** @param {Context} context @param {number[]} which @param {Float32Array} xs @param {Float32Array} ys @param {number} size @param {boolean} round */
function dots(context, which, xs, ys, size, round) {
  if (!round) {
    for (const i of which) context.fillRect(xs[i] - size, ys[i] - size, 2 * size, 2 * size);
    return;
  }
  for (const i of which) {
    context.beginPath();
    context.arc(xs[i], ys[i], size, 0, 2 * Math.PI);
    context.fill();
  }
}

/**
 * @param {Context} context @param {Bins} bins @param {{across: number, down: number}} grid @param {Box} box
 * @param {Shades | null} shades @param {Palette} palette @param {boolean} faint
 */
export function paintBins(context, bins, { across, down }, box, shades, palette, faint) {
  const image = new ImageData(across, down);
  const pixels = new Uint32Array(image.data.buffer);
  const most = bins.n.reduce((a, b) => Math.max(a, b), 1);
  const steps = (shades ? colours(shades, palette) : palette.density).map((colour) => {
    const [r, g, b] = rgb(colour);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
  const shade = shader(shades);
  const best = new Int32Array(shades?.kind === "category" ? across * down : 0);
  const scale = (STEPS - 1) / Math.log(most + 1);
  for (let i = 0; i < bins.k.length; i++) {
    const at = bins.k[i];
    if (!shades) pixels[at] = steps[Math.round(Math.log(bins.n[i] + 1) * scale)];
    else if (shades.kind === "number") pixels[at] = steps[shade(bins.m[i])];
    else if (bins.n[i] > best[at]) {
      best[at] = bins.n[i];
      pixels[at] = steps[bins.g[i]];
    }
  }
  context.globalAlpha = faint ? 0.35 : 1;
  drawImage(context, image, box);
  context.globalAlpha = 1;
}

/** Cells with marked rows. @param {Context} context @param {Bins} bins @param {{across: number, down: number}} grid @param {Box} box @param {string} colour */
export function paintMarked(context, bins, { across, down }, box, colour) {
  const image = new ImageData(across, down);
  const [r, g, b] = rgb(colour);
  for (const at of bins.k) image.data.set([r, g, b, 255], at * 4);
  drawImage(context, image, box);
}

/** @param {Context} context @param {ImageData} image @param {Box} box */
function drawImage(context, image, { x, y, width, height }) {
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, x, y, width, height);
  context.imageSmoothingEnabled = true;
}

/**
 * The sky, and the part of it that the catalogue covers.
 * @param {Context} context @param {import("./sky-plane.js").SkyPlane} plane @param {Window} window @param {Box} box
 * @param {{order: number, has: (pixel: number) => boolean} | null} cover
 * @param {Palette} palette
 */
export function paintSky(context, plane, window, box, cover, palette) {
  const [width, height] = [Math.round(box.width), Math.round(box.height)];
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const place = mapping({ x: 0, y: 0, width, height }, window);
  const paint = (/** @type {string} */ colour, /** @type {number} */ alpha) => {
    const [r, g, b] = rgb(colour);
    return (alpha << 24) | (b << 16) | (g << 8) | r;
  };
  const [ground, covered] = [paint(palette.sunken, 255), paint(palette.point, palette.dark ? 80 : 46)];
  const nside = cover ? 2 ** cover.order : 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const vector = plane.back(place.u(x + 0.5), place.v(y + 0.5));
      if (!vector) continue;
      pixels[y * width + x] = cover?.has(vec2pix_nest(nside, vector)) ? covered : ground;
    }
  }
  drawImage(context, image, box);
}
