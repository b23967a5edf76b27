/** The vector half of a plot, as one SVG without styles of its own: on the page above the canvas, and in saved files. */
import { NAMED, STEPS } from "./colours.js";
import { mapping } from "./paint-plot.js";
import { numberText, ticks } from "./scale.js";

/**
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {import("./queries.js").Window} Window
 * @typedef {{kind: "ramp", title: string, colours: string[], low: number, high: number, log: boolean, below: boolean, above: boolean}
 *   | {kind: "words", title: string, entries: {colour: string, text: string}[]}} Legend below, above: values beyond the ends have their colours
 * @typedef {{n: number, colour: string}[]} Stack
 * @typedef {{from: number, to: number, parts: Stack, marked: Stack}} Bar
 * @typedef {object} Scene
 * @property {number} width @property {number} height of the plot with its axes, without legend and titles
 * @property {Window} window
 * @property {{title: string, log: boolean}} [x] @property {{title: string, log: boolean}} [y] axes; none on the sky
 * @property {(ReturnType<typeof import("./graticule.js").graticule> & {whole: boolean}) | null} [sky]
 * @property {Bar[]} [bars]
 * @property {Legend | null} legend
 * @property {string[]} [titles] above; saved files have them
 */

const NS = "http://www.w3.org/2000/svg";
const FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', sans-serif";
const TITLE = 18;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
export function element(name, attributes, text) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** About how wide a text is, in pixels at 12. @param {string} text */
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter > "⺀" ? 12.5 : 6.8), 0);

/** @param {string} text @param {number} width */
function shorten(text, width) {
  const letters = [...text];
  if (widthOf(text) <= width) return text;
  while (letters.length > 1 && widthOf(letters.join("")) > width - 10) letters.pop();
  return `${letters.join("")}…`;
}

/** Where the rows are drawn. @param {Scene} scene @returns {Box} */
export function plotBox({ width, height, sky, titles = [] }) {
  const top = 10 + titles.length * TITLE + (titles.length ? 4 : 0);
  const [left, right, bottom] = sky?.whole
    ? [width < 420 ? 30 : 38, 10, 10]
    : [width < 420 ? 58 : 66, 12, sky ? 26 : 46];
  return { x: left, y: top, width: width - left - right, height: height - 10 - bottom };
}

/** @param {Legend | null} legend @param {number} width @returns {{entries: {x: number, y: number, text: string, colour: string}[], height: number}} */
function layLegend(legend, width) {
  if (!legend) return { entries: [], height: 0 };
  if (legend.kind === "ramp") return { entries: [], height: 44 };
  const entries = [];
  let [x, y] = [10, 30];
  for (const { colour, text } of legend.entries) {
    const short = shorten(text, 180);
    const wide = widthOf(short) + 32;
    if (x + wide > width && x > 10) [x, y] = [10, y + 20];
    entries.push({ x, y, text: short, colour });
    x += wide;
  }
  return { entries, height: y + 12 };
}

/** @param {Scene} scene @param {Palette} palette @returns {{svg: SVGElement, box: Box, height: number}} */
export function draw(scene, palette) {
  const { width, legend, titles = [] } = scene;
  const box = plotBox(scene);
  const below = box.y + scene.height - 10;
  const height = below + layLegend(legend, width).height;
  const svg = /** @type {SVGElement} */ (
    element("svg", {
      xmlns: NS,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": FONT,
      "font-size": 12,
    })
  );
  titles.forEach((text, i) =>
    svg.append(
      element(
        "text",
        {
          x: 10,
          y: 20 + i * TITLE,
          fill: i ? palette.soft : palette.ink,
          "font-size": i ? 12 : 14,
          "font-weight": i ? 400 : 600,
        },
        shorten(text, width - (i ? 20 : 60)),
      ),
    ),
  );
  if (scene.sky) drawSky(svg, scene, box, palette);
  else drawAxes(svg, scene, box, palette);
  if (legend) drawLegend(svg, legend, below, width, palette);
  return { svg, box, height };
}

/** @param {SVGElement} svg @param {Scene} scene @param {Box} box @param {Palette} palette */
function drawAxes(svg, { window, x, y, bars }, box, palette) {
  const place = mapping(box, window);
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const across = ticks(window.left, window.right, Boolean(x?.log), Math.max(3, Math.round(box.width / 85)));
  const up = ticks(window.bottom, window.top, Boolean(y?.log), Math.max(3, Math.round(box.height / 55)));
  const grid = [
    ...across.filter((t) => t.text).map((t) => `M${place.x(t.at).toFixed(1)} ${box.y}V${bottom}`),
    ...up.filter((t) => t.text).map((t) => `M${box.x} ${place.y(t.at).toFixed(1)}H${right}`),
  ];
  svg.append(
    element("path", { d: grid.join("") || "M0 0", stroke: palette.grid, fill: "none", "data-part": "grid" }),
  );
  if (bars) drawBars(svg, bars, place, box, palette);
  const marks = [
    ...across.map((t) => `M${place.x(t.at).toFixed(1)} ${bottom}v${t.text ? 5 : 3}`),
    ...up.map((t) => `M${box.x} ${place.y(t.at).toFixed(1)}h${t.text ? -5 : -3}`),
    `M${box.x} ${box.y}V${bottom}H${right}`,
  ];
  svg.append(element("path", { d: marks.join(""), stroke: palette.line, fill: "none" }));
  const labels = element("g", { fill: palette.soft });
  for (const { at, text } of across)
    if (text)
      labels.append(
        element("text", { x: place.x(at).toFixed(1), y: bottom + 18, "text-anchor": "middle" }, text),
      );
  for (const { at, text } of up)
    if (text)
      labels.append(
        element("text", { x: box.x - 8, y: (place.y(at) + 4).toFixed(1), "text-anchor": "end" }, text),
      );
  const heads = element("g", { fill: palette.ink, "font-weight": 600 });
  heads.append(
    element(
      "text",
      { x: box.x + box.width / 2, y: bottom + 37, "text-anchor": "middle", "data-axis": "x" },
      shorten(x?.title ?? "", box.width),
    ),
  );
  const middle = box.y + box.height / 2;
  heads.append(
    element(
      "text",
      { x: 14, y: middle, transform: `rotate(-90 14 ${middle})`, "text-anchor": "middle", "data-axis": "y" },
      shorten(y?.title ?? "", box.height),
    ),
  );
  svg.append(labels, heads);
}

/**
 * The part of a stack within the axes. @param {Bar} bar @param {Stack} stack @param {ReturnType<typeof mapping>} place @param {Box} box
 * @returns {Record<string, string>[]} attributes of its rectangles, from below
 */
function layStack({ from, to }, stack, place, box) {
  const ground = box.y + box.height;
  const up = (/** @type {number} */ n) => Math.max(box.y, Math.min(ground, place.y(n)));
  const [a, b] = [place.x(from), place.x(to)].sort((p, q) => p - q);
  const [left, right] = [Math.max(box.x, a), Math.min(box.x + box.width, b)];
  if (right <= left) return [];
  const gap = right - left > 4 ? 1 : 0;
  let sum = 0;
  return stack.map(({ n, colour }) => {
    const [low, high] = [sum, (sum += n)];
    return {
      x: (left + gap / 2).toFixed(2),
      width: (right - left - gap).toFixed(2),
      y: up(high).toFixed(2),
      height: Math.max(0, up(low) - up(high)).toFixed(2),
      fill: colour,
    };
  });
}

/** @param {SVGElement} svg @param {Bar[]} bars @param {ReturnType<typeof mapping>} place @param {Box} box @param {Palette} palette */
function drawBars(svg, bars, place, box, palette) {
  const group = element("g", { "data-part": "bars" });
  for (const bar of bars)
    for (const part of layStack(bar, bar.parts, place, box))
      group.append(element("rect", { ...part, "fill-opacity": 0.92 }));
  svg.append(group, element("g", { "data-part": "bar-marks" }));
  markBars(svg, bars, place, box, palette);
}

/**
 * Draw the marked rows of bars again: in their colours, with an outline. @param {SVGElement} svg with the bars @param {Bar[]} bars
 * @param {ReturnType<typeof mapping>} place @param {Box} box @param {Palette} palette
 */
export function markBars(svg, bars, place, box, palette) {
  const chosen = bars.some(({ marked }) => marked.length);
  svg.querySelector('[data-part="bars"]')?.setAttribute("opacity", chosen ? "0.45" : "1");
  const marks = bars.flatMap((bar) => {
    const parts = layStack(bar, bar.marked, place, box);
    if (!parts.length) return [];
    const { x, width, y } = parts[parts.length - 1];
    const height = (box.y + box.height - Number(y)).toFixed(2);
    const frame = { x, width, y, height, fill: "none", stroke: palette.ink, "stroke-width": 1.3 };
    return [...parts, frame].map((part) => element("rect", part));
  });
  svg.querySelector('[data-part="bar-marks"]')?.replaceChildren(...marks);
}

/** @param {SVGElement} svg @param {Scene} scene @param {Box} box @param {Palette} palette */
function drawSky(svg, { window, sky }, box, palette) {
  if (!sky) return;
  const place = mapping(box, window);
  const path = (/** @type {[number, number][][]} */ lines) =>
    lines
      .map(
        (line) => `M${line.map(([u, v]) => `${place.x(u).toFixed(1)} ${place.y(v).toFixed(1)}`).join("L")}`,
      )
      .join("") || "M0 0";
  const clip = `sky-${Math.round(box.width)}-${Math.round(box.height)}`;
  const frame = () =>
    sky.whole
      ? element("ellipse", {
          cx: place.x(0),
          cy: place.y(0),
          rx: Math.abs(place.x(2 * Math.SQRT2) - place.x(0)),
          ry: Math.abs(place.y(Math.SQRT2) - place.y(0)),
        })
      : element("rect", { x: box.x, y: box.y, width: box.width, height: box.height });
  const defs = element("defs", {});
  const edge = element("clipPath", { id: clip });
  edge.append(frame());
  defs.append(edge);
  const inside = element("g", { "clip-path": `url(#${clip})`, fill: "none" });
  inside.append(
    element("path", {
      d: path(sky.lines),
      stroke: palette.line,
      "stroke-opacity": 0.45,
      "stroke-width": 0.8,
      "data-part": "graticule",
    }),
  );
  inside.append(
    element("path", {
      d: path(sky.plane),
      stroke: palette.soft,
      "stroke-width": 1.2,
      "stroke-dasharray": "5 4",
      "data-part": "galactic-plane",
    }),
  );
  const rim = frame();
  for (const [key, value] of Object.entries({ fill: "none", stroke: palette.line }))
    rim.setAttribute(key, value);
  svg.append(defs, inside, rim, skyLabels(sky.labels, place, box, palette));
}

/**
 * The labels on the lines of a map of the sky.
 * @param {NonNullable<Scene["sky"]>["labels"]} all @param {ReturnType<typeof mapping>} place @param {Box} box
 * @param {Palette} palette
 */
function skyLabels(all, place, box, palette) {
  const labels = element("g", { fill: palette.soft, "font-size": 11 });
  const halo = {
    stroke: palette.surface,
    "stroke-width": 3,
    "stroke-opacity": 0.75,
    "paint-order": "stroke",
    "stroke-linejoin": "round",
  };
  let last = -Infinity;
  for (const { u, v, text, side } of [...all].sort((a, b) => a.u - b.u)) {
    const [x, y] = [place.x(u), place.y(v)];
    if (side === "left")
      labels.append(element("text", { x: box.x - 6, y: y + 4, "text-anchor": "end" }, text));
    else if (side === "bottom") {
      if (x - last < widthOf(text) + 6) continue;
      last = x;
      labels.append(
        element(
          "text",
          { x: Math.max(box.x + 10, x), y: box.y + box.height + 16, "text-anchor": "middle" },
          text,
        ),
      );
    } else if (side === "inside") {
      if (box.width > 420 || x - last > 60) {
        labels.append(element("text", { x, y: y - 4, "text-anchor": "middle", ...halo }, text));
        last = x;
      }
    } else
      labels.append(
        element("text", { x: x - 5, y: y + (v > 0 ? -2 : 10), "text-anchor": "end", ...halo }, text),
      );
  }
  return labels;
}

/** @param {SVGElement} svg @param {Legend} legend @param {number} top @param {number} width @param {Palette} palette */
function drawLegend(svg, legend, top, width, palette) {
  const group = element("g", { "data-part": "legend", transform: `translate(0 ${top})` });
  svg.append(group);
  group.append(
    element(
      "text",
      { x: 10, y: 12, fill: palette.ink, "font-weight": 600 },
      shorten(legend.title, legend.kind === "ramp" ? width * 0.45 : width - 20),
    ),
  );
  if (legend.kind === "words") {
    for (const { x, y, text, colour } of layLegend(legend, width).entries) {
      group.append(element("rect", { x, y: y - 10, width: 11, height: 11, rx: 2, fill: colour }));
      group.append(element("text", { x: x + 17, y, fill: palette.soft }, text));
    }
    return;
  }
  const left = Math.min(width * 0.45, widthOf(legend.title) * 1.06) + 34;
  const wide = Math.max(80, Math.min(260, width - left - 24));
  const step = wide / STEPS;
  legend.colours.forEach((fill, i) =>
    group.append(
      element("rect", {
        x: (left + i * step).toFixed(2),
        y: 2,
        width: (step + 0.5).toFixed(2),
        height: 12,
        fill,
      }),
    ),
  );
  const from = legend.log ? Math.log10(legend.low) : legend.low;
  const to = legend.log ? Math.log10(legend.high) : legend.high;
  const at = (/** @type {number} */ value) => left + (to > from ? (value - from) / (to - from) : 0) * wide;
  const all =
    to > from
      ? ticks(from, to, legend.log, Math.max(2, Math.round(wide / 60)))
      : [{ at: from, text: numberText(legend.low) }];
  let last = -Infinity;
  for (const { at: value, text } of all) {
    const x = at(value);
    if (!text || x - last < widthOf(text) + 8) continue;
    last = x;
    group.append(element("path", { d: `M${x.toFixed(1)} 14v4`, stroke: palette.line }));
    group.append(
      element(
        "text",
        { x: x.toFixed(1), y: 30, "text-anchor": "middle", fill: palette.soft, "font-size": 11 },
        text,
      ),
    );
  }
  if (legend.below) group.append(element("path", { d: `M${left - 2} 2v12l-7 -6z`, fill: legend.colours[0] }));
  if (legend.above)
    group.append(element("path", { d: `M${left + wide + 2} 2v12l7 -6z`, fill: legend.colours[STEPS - 1] }));
}

/** Titles and colours of categories. @param {string[]} named @param {number} others rows of none of these @param {number} none rows without a value @param {Palette} palette @param {{others: string, none: string}} words */
export function categoryEntries(named, others, none, palette, words) {
  const entries = named.slice(0, NAMED).map((text, i) => ({ text, colour: palette.categories[i] }));
  if (others) entries.push({ text: words.others, colour: palette.categories[palette.categories.length - 1] });
  if (none) entries.push({ text: words.none, colour: palette.none });
  return entries;
}
