/** The plot on screen as one picture, for papers and talks: all panels on white, with axes, legend and description. */
import { paperInks } from "./ink.js";
import { BOTTOM, LEFT, RIGHT, upTitle } from "./panel.js";
import { LABELS, legendOf, paintOver, paintUnder, places } from "./paint.js";
import { svgPen } from "./pen.js";
import { exponentOf, tickText, ticks } from "../numbers/ticks.js";

/** Pixels of a PNG for one on the screen. */
const SCALE = 2;
const HEAD = 40;
const LEGEND = 24;

/**
 * @param {{scene: import("./paint.js").Scene, width: number, height: number}[]} panels as large as on screen
 * @param {{title: string, subtitle: string, description: string}} about
 * @returns {{svg: SVGElement, width: number, height: number}}
 */
export function drawPicture(panels, { title, subtitle, description }) {
  const inks = paperInks();
  const width = Math.max(480, ...panels.map((panel) => panel.width));
  const rows = legendRows(panels, width);
  const height = HEAD + panels.reduce((sum, panel) => sum + panel.height, 0) + rows.length * LEGEND + 8;
  const { pen, svg } = svgPen(width, height, { title, description });
  pen.rect(0, 0, width, height, { colour: inks.surface });
  pen.text(12, 15, title, { colour: inks.ink, size: 14 });
  pen.text(12, 32, subtitle, { colour: inks["ink-soft"], size: 11 });
  let top = HEAD;
  for (const { scene, height: tall } of panels) {
    const above = scene.marks.length ? LABELS : 14;
    const box = { x: LEFT, y: top + above, width: width - LEFT - RIGHT, height: tall - above - BOTTOM };
    paintUnder(pen, box, scene, inks);
    axes(pen, box, scene, inks);
    paintOver(pen, box, scene, inks);
    if (scene.title) pen.text(12, top + 14, scene.title, { colour: inks["ink-soft"], size: 13 });
    top += tall;
  }
  rows.forEach((row, n) => legend(pen, row, top + (n + 0.5) * LEGEND, inks));
  return { svg, width, height };
}

/**
 * @param {import("./pen.js").Pen} pen @param {import("./paint.js").Box} box @param {import("./paint.js").Scene} scene
 * @param {import("./ink.js").Inks} inks
 */
function axes(pen, box, scene, inks) {
  const at = places(box, scene.x, scene.y);
  const line = (
    /** @type {[number, number]} */ from,
    /** @type {[number, number]} */ to,
    colour = inks["chart-grid"],
  ) =>
    pen.path(
      (way) => {
        way.moveTo(...from);
        way.lineTo(...to);
      },
      { colour },
    );
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const across = ticks(...scene.x, box.width / 90);
  const up = ticks(...scene.y, box.height / 48);
  const exponent = exponentOf(...scene.y);
  const words = { colour: inks["ink-soft"], size: 12 };
  for (const value of across.at) {
    line([at.x(value), box.y], [at.x(value), bottom + 4]);
    pen.text(at.x(value), bottom + 14, tickText(value, across.step), { ...words, anchor: "middle" });
  }
  for (const value of up.at) {
    line([box.x - 4, at.y(value)], [right, at.y(value)]);
    pen.text(box.x - 8, at.y(value), tickText(value, up.step, exponent), { ...words, anchor: "end" });
  }
  line([box.x, bottom], [right, bottom], inks["line-strong"]);
  line([box.x, box.y], [box.x, bottom], inks["line-strong"]);
  pen.text(box.x + box.width / 2, bottom + 34, scene.across, { ...words, anchor: "middle" });
  pen.text(14, box.y + box.height / 2, upTitle(scene), { ...words, anchor: "middle", turned: true });
}

/** @typedef {{curve: import("./paint.js").Curve, x: number}} Entry of a legend */

/**
 * Entries of the legend, one for curves that look alike, in as many rows as needed.
 * @param {{scene: import("./paint.js").Scene}[]} panels @param {number} width @returns {Entry[][]}
 */
function legendRows(panels, width) {
  /** @type {Entry[][]} */
  const rows = [[]];
  let x = LEFT;
  for (const curve of legendOf(panels.map(({ scene }) => scene))) {
    const wide = 34 + [...curve.label].reduce((sum, letter) => sum + (letter > "⺀" ? 12 : 7), 0);
    if (x + wide > width && x > LEFT) {
      rows.push([]);
      x = LEFT;
    }
    rows[rows.length - 1].push({ curve, x });
    x += wide + 12;
  }
  return rows;
}

/** @param {import("./pen.js").Pen} pen @param {Entry[]} row @param {number} y @param {import("./ink.js").Inks} inks */
function legend(pen, row, y, inks) {
  for (const { curve, x } of row) {
    pen.path(
      (way) => {
        way.moveTo(x, y);
        way.lineTo(x + 18, y);
      },
      { colour: inks[curve.colour], width: 2, dash: curve.dash },
    );
    pen.text(x + 24, y, curve.label, { colour: inks.ink, size: 11 });
  }
}

/** @param {SVGElement} svg */
const written = (svg) => new XMLSerializer().serializeToString(svg);

/** @param {ReturnType<typeof drawPicture>} picture */
export const asSvg = ({ svg }) =>
  new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', written(svg)], { type: "image/svg+xml" });

/** @param {ReturnType<typeof drawPicture>} picture @returns {Promise<Blob>} */
export async function asPng({ svg, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"),
  );
}
