/** The examples on the page when no object is requested: their spectra in small, and where they are. */
import { readInks, onTheme } from "../viewer/ink.js";
import { openSet } from "../data/set.js";
import { drawThumb, thumbOf } from "../gallery/thumb.js";
import { drawSky } from "./sky-map.js";

/** @param {HTMLElement} root @param {import("./find-object.js").Page} page */
export async function showExamples(root, page) {
  const places = [...root.querySelectorAll("[data-ra]")].map((link) => {
    const { ra, dec } = /** @type {HTMLElement} */ (link).dataset;
    return { ra: Number(ra), dec: Number(dec) };
  });
  const map = /** @type {SVGElement} */ (root.querySelector("svg"));
  if (places.length) drawSky(map, places);
  /** @type {HTMLElement} */ (map.closest("figure")).hidden = !places.length;
  const drawings = [...root.querySelectorAll("canvas")].map((canvas) => draw(canvas, page));
  await Promise.all(drawings);
}

/** A picture that cannot be read is left out: the link is what matters. @param {HTMLCanvasElement} canvas @param {import("./find-object.js").Page} page */
async function draw(canvas, page) {
  const { set: name = "", id: text = "" } = canvas.dataset;
  try {
    const set = await openSet(page, name);
    const id = set.parseId(text);
    const spectrum = id === null ? null : await set.read(id);
    if (!spectrum) return canvas.remove();
    const thumb = thumbOf(spectrum);
    const paint = () => {
      const ratio = Math.min(devicePixelRatio || 1, 2);
      canvas.width = Math.round(canvas.clientWidth * ratio);
      canvas.height = Math.round(canvas.clientHeight * ratio);
      const context = canvas.getContext("2d");
      const size = { width: canvas.width, height: canvas.height, scale: ratio };
      if (context && canvas.width) drawThumb(context, size, thumb, readInks());
    };
    paint();
    onTheme(paint);
  } catch {
    canvas.remove();
  }
}
