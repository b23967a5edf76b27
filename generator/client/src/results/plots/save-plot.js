/** A plot as a file for a paper or a talk: on white, with a description and its source. */
import { draw, element } from "./draw.js";
import { mapping, pointSize } from "./paint-plot.js";

/**
 * @typedef {import("./draw.js").Scene} Scene
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {(context: CanvasRenderingContext2D, box: Box, palette: Palette) => void} Painter
 * @typedef {{xs: Float32Array, ys: Float32Array, colour: (i: number) => string}} Dots few enough to be drawn one by one
 */

/** Pixels of a saved picture for one of the page. */
const SCALE = 2;

/** @param {number} width @param {number} height */
function canvas(width, height) {
  const made = document.createElement("canvas");
  made.width = Math.round(width * SCALE);
  made.height = Math.round(height * SCALE);
  const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
  context.scale(SCALE, SCALE);
  return { made, context };
}

/** Clip the drawing to the axes. @param {CanvasRenderingContext2D} context @param {Box} box @param {() => void} then */
export function clipped(context, { x, y, width, height }, then) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  then();
  context.restore();
}

/** @param {Scene} scene @param {Palette} palette @param {Painter} paint @returns {Promise<Blob>} */
export async function toPng(scene, palette, paint) {
  const { svg, box, height } = draw(scene, palette);
  const { made, context } = canvas(scene.width, height);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, scene.width, height);
  const lines = new Image();
  lines.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await lines.decode();
  const above = Boolean(scene.sky);
  if (!above) context.drawImage(lines, 0, 0, scene.width, height);
  clipped(context, box, () => paint(context, box, palette));
  if (above) context.drawImage(lines, 0, 0, scene.width, height);
  return new Promise((resolve, reject) =>
    made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"),
  );
}

/**
 * @param {Scene} scene @param {Palette} palette @param {Painter} paint draws what is not in `dots`
 * @param {Dots | null} dots @param {{title: string, description: string}} about
 */
export function toSvg(scene, palette, paint, dots, about) {
  const { svg, box, height } = draw(scene, palette);
  const under = element("g", {});
  under.append(element("rect", { width: scene.width, height, fill: palette.surface }));
  const rows = element("g", { "data-part": "rows" });
  if (!scene.bars) {
    const picture = canvas(box.width, box.height);
    picture.context.translate(-box.x, -box.y);
    paint(picture.context, box, palette);
    rows.append(
      element("image", {
        x: box.x,
        y: box.y,
        width: box.width,
        height: box.height,
        href: picture.made.toDataURL("image/png"),
      }),
    );
  }
  if (dots) rows.append(vectorDots(dots, box));
  const first = svg.firstChild;
  svg.insertBefore(under, first);
  const grid = svg.querySelector('[data-part="grid"]');
  svg.insertBefore(rows, grid ? grid.nextSibling : first);
  svg.prepend(element("title", {}, about.title), element("desc", {}, about.description));
  const text = new XMLSerializer().serializeToString(svg);
  return new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', text], { type: "image/svg+xml" });
}

/** @param {Dots} dots @param {Box} box */
function vectorDots({ xs, ys, colour }, box) {
  const group = element("g", { "fill-opacity": 0.75 });
  const r = pointSize(xs.length);
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i], ys[i]];
    if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height)
      group.append(element("circle", { cx: x.toFixed(2), cy: y.toFixed(2), r, fill: colour(i) }));
  }
  return group;
}

/** Places on the canvas. @param {Box} box @param {import("./queries.js").Window} window @param {ArrayLike<number>} u @param {ArrayLike<number>} v */
export function screen(box, window, u, v) {
  const place = mapping(box, window);
  const xs = new Float32Array(u.length);
  const ys = new Float32Array(u.length);
  for (let i = 0; i < u.length; i++) {
    xs[i] = place.x(u[i]);
    ys[i] = place.y(v[i]);
  }
  return { xs, ys };
}
