/**
 * One interface for drawing on a canvas and into an SVG, so that saved pictures are like those on screen.
 *
 * @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void}} Way
 * @typedef {{colour: string, width?: number, alpha?: number, dash?: number[], fill?: boolean}} Style
 * @typedef {{colour: string, size?: number, anchor?: "start" | "middle" | "end", turned?: boolean}} Writing
 * @typedef {object} Pen
 * @property {(draw: (way: Way) => void, style: Style) => void} path
 * @property {(x: number, y: number, width: number, height: number, style: Style) => void} rect filled
 * @property {(x: number, y: number, text: string, writing: Writing) => void} text y: of the middle of the line
 * @property {(x: number, y: number, width: number, height: number, draw: () => void) => void} clip
 */

export const FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', sans-serif";
const NS = "http://www.w3.org/2000/svg";

/** @param {CanvasRenderingContext2D} context @returns {Pen} */
export function canvasPen(context) {
  return {
    path(draw, { colour, width = 1, alpha = 1, dash = [], fill }) {
      context.save();
      context.globalAlpha = alpha;
      context.lineJoin = "round";
      context.lineWidth = width;
      context.setLineDash(dash);
      context.beginPath();
      draw(context);
      if (fill) {
        context.fillStyle = colour;
        context.fill();
      } else {
        context.strokeStyle = colour;
        context.stroke();
      }
      context.restore();
    },
    rect(x, y, width, height, { colour, alpha = 1 }) {
      context.save();
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
      context.restore();
    },
    text(x, y, text, { colour, size = 12, anchor = "start", turned }) {
      context.save();
      context.fillStyle = colour;
      context.font = `${size}px ${FONT}`;
      context.textBaseline = "middle";
      context.textAlign = anchor === "middle" ? "center" : anchor;
      context.translate(x, y);
      if (turned) context.rotate(-Math.PI / 2);
      context.fillText(text, 0, 0);
      context.restore();
    },
    clip(x, y, width, height, draw) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      draw();
      context.restore();
    },
  };
}

const round = (/** @type {number} */ value) => String(Math.round(value * 100) / 100);

/** @param {Element} into @param {string} name @param {Record<string, string>} attributes */
function add(into, name, attributes, text = "") {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text.replace(/[^\P{Cc}\n\t]/gu, " ").toWellFormed();
  into.append(made);
  return made;
}

/**
 * @param {number} width @param {number} height @param {{title: string, description: string}} about
 * @returns {{pen: Pen, svg: SVGElement}}
 */
export function svgPen(width, height, { title, description }) {
  const size = { width: round(width), height: round(height) };
  const svg = /** @type {SVGElement} */ (document.createElementNS(NS, "svg"));
  for (const [key, value] of Object.entries({ ...size, viewBox: `0 0 ${size.width} ${size.height}` }))
    svg.setAttribute(key, value);
  add(svg, "title", {}, title);
  add(svg, "desc", {}, description);
  /** @type {Element} */
  let here = svg;
  let clips = 0;
  return {
    svg,
    pen: {
      path(draw, { colour, width: thick = 1, alpha = 1, dash = [], fill }) {
        let d = "";
        draw({
          moveTo: (x, y) => (d += `M${round(x)} ${round(y)}`),
          lineTo: (x, y) => (d += `L${round(x)} ${round(y)}`),
        });
        if (!d) return;
        /** @type {Record<string, string>} */
        const look = fill
          ? { fill: colour, "fill-opacity": String(alpha) }
          : {
              fill: "none",
              stroke: colour,
              "stroke-width": String(thick),
              "stroke-opacity": String(alpha),
              "stroke-linejoin": "round",
            };
        add(here, "path", { d, ...look, ...(dash.length ? { "stroke-dasharray": dash.join(" ") } : {}) });
      },
      rect(x, y, wide, high, { colour, alpha = 1 }) {
        const place = { x: round(x), y: round(y), width: round(wide), height: round(high) };
        add(here, "rect", { ...place, fill: colour, "fill-opacity": String(alpha) });
      },
      text(x, y, text, { colour, size: letters = 12, anchor = "start", turned }) {
        /** @type {Record<string, string>} */
        const turn = turned ? { transform: `rotate(-90 ${round(x)} ${round(y)})` } : {};
        const place = { x: round(x), y: round(y), dy: "0.36em", "text-anchor": anchor };
        add(
          here,
          "text",
          { ...place, ...turn, fill: colour, "font-size": String(letters), "font-family": FONT },
          text,
        );
      },
      clip(x, y, wide, high, draw) {
        const id = `clip-${++clips}`;
        const path = add(svg, "clipPath", { id });
        add(path, "rect", { x: round(x), y: round(y), width: round(wide), height: round(high) });
        const before = here;
        here = add(before, "g", { "clip-path": `url(#${id})` });
        draw();
        here = before;
      },
    },
  };
}
