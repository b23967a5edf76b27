/** Lines of longitude and latitude over a map of the sky, and their labels. */
import { fromFrame, toVector } from "./sky-plane.js";

/**
 * @typedef {import("./sky-plane.js").SkyPlane} SkyPlane
 * @typedef {import("./queries.js").Window} Window
 * @typedef {{u: number, v: number, text: string, side: "bottom" | "left" | "inside" | "rim"}} Label
 * @typedef {[number, number][]} Line places in the plane
 */

/** Seconds of time, and arcseconds. */
const TIME = [7200, 3600, 1800, 1200, 600, 300, 120, 60, 30, 20, 10, 5, 2, 1];
const ARC = [108e3, 54e3, 36e3, 18e3, 7200, 3600, 1800, 1200, 600, 300, 120, 60, 30, 20, 10, 5, 2, 1];
const FINE = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** @param {number[]} steps descending @param {number} extent @param {number} most */
function choose(steps, extent, most) {
  let step = steps[0];
  for (const smaller of steps) {
    if (extent / smaller > most) break;
    step = smaller;
  }
  return step;
}

/** @param {number} value @param {number} step both in the smallest unit @param {[string, string, string]} marks */
function sexagesimal(value, step, marks) {
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
  const units = Math.round(Math.abs(value) * 10 ** digits);
  const seconds = units / 10 ** digits;
  const whole = Math.floor(seconds / 3600 + 1e-12);
  const minutes = Math.floor((seconds - whole * 3600) / 60 + 1e-12);
  const rest = seconds - whole * 3600 - minutes * 60;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  let text = `${whole}${marks[0]}`;
  if (step % 3600) text += `${two(minutes)}${marks[1]}`;
  if (step % 60) text += `${rest.toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}${marks[2]}`;
  return text;
}

/** @param {number} seconds of time @param {number} step */
export const hours = (seconds, step) =>
  sexagesimal(((seconds % 86400) + 86400) % 86400, step, ["h", "m", "s"]);

/** @param {number} arcsec @param {number} step */
export const degrees = (arcsec, step) =>
  (arcsec < 0 ? "−" : arcsec > 0 ? "+" : "") + sexagesimal(arcsec, step, ["°", "′", "″"]);

/** @param {number} deg @param {number} step degrees */
function decimal(deg, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return `${(((deg % 360) + 360) % 360).toFixed(digits)}°`;
}

/** Pieces of a line, split where it leaves the plane or jumps to the map's other side. @param {[number, number][]} places @param {number} jump */
function pieces(places, jump) {
  /** @type {Line[]} */
  const found = [];
  /** @type {Line} */
  let line = [];
  for (const place of places) {
    const last = line.at(-1);
    if (Number.isNaN(place[0]) || (last && Math.hypot(place[0] - last[0], place[1] - last[1]) > jump)) {
      if (line.length > 1) found.push(line);
      line = [];
    }
    if (!Number.isNaN(place[0])) line.push(place);
  }
  if (line.length > 1) found.push(line);
  return found;
}

/** @param {number} from @param {number} to @param {number} n */
const steps = (from, to, n) => Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);

/** @param {SkyPlane} plane @param {Window} window @returns {{lines: Line[], plane: Line[], labels: Label[]}} */
export function graticule(plane, window) {
  const galactic = steps(0, 360, plane.whole ? 240 : 7200).map((l) =>
    plane.ofVector(fromFrame("galactic", toVector(l, 0))),
  );
  const found = plane.whole ? wholeSky(plane) : part(plane, window);
  return { ...found, plane: pieces(galactic, plane.whole ? 1 : 0.2) };
}

/** @param {SkyPlane} plane */
function wholeSky(plane) {
  const { lon: centre, frame } = plane.view;
  /** @type {Line[]} */
  const lines = [];
  /** @type {Label[]} */
  const labels = [];
  const first = Math.ceil((centre - 179.9) / 30) * 30;
  for (let lon = first; lon < centre + 179.9; lon += 30) {
    lines.push(
      ...pieces(
        steps(-90, 90, 60).map((lat) => plane.ofFrame(lon, lat)),
        1,
      ),
    );
    if (lon % 60) continue;
    const [u, v] = plane.ofFrame(lon, 0);
    labels.push({
      u,
      v,
      text: frame === "equatorial" ? hours(lon * 240, 3600) : decimal(lon, 1),
      side: "inside",
    });
  }
  for (let lat = -60; lat <= 60; lat += 30) {
    lines.push(
      ...pieces(
        steps(centre - 179.99, centre + 179.99, 120).map((lon) => plane.ofFrame(lon, lat)),
        1,
      ),
    );
    const [u, v] = plane.ofFrame(centre + 179.99, lat);
    if (lat) labels.push({ u, v, text: degrees(lat * 3600, 3600), side: "rim" });
  }
  return { lines, labels };
}

/** @param {SkyPlane} plane @param {Window} window */
function part(plane, window) {
  const { lon: centre, frame } = plane.view;
  const { left, right, bottom, top } = window;
  const seen = steps(left, right, 8).flatMap((u) =>
    steps(bottom, top, 8).flatMap((v) => {
      const place = plane.backToFrame(u, v);
      return place ? [place] : [];
    }),
  );
  const within = (/** @type {[number, number]} */ [u, v]) => u > left && u < right && v > bottom && v < top;
  const north = within(plane.ofFrame(0, 90));
  const south = within(plane.ofFrame(0, -90));
  const apart = seen.map(([lon]) => ((((lon - centre) % 360) + 540) % 360) - 180);
  const lats = seen.map(([, lat]) => lat);
  const [low, high] = [south ? -90 : Math.min(...lats), north ? 90 : Math.max(...lats)];
  const [west, east] = north || south ? [-180, 180] : [Math.min(...apart), Math.max(...apart)];
  /** @type {Line[]} */
  const lines = [];
  /** @type {Label[]} */
  const labels = [];
  const timed = frame === "equatorial";
  const lonStep = timed
    ? choose([...TIME, ...FINE], (east - west) * 240, north || south ? 12 : 5) / 240
    : choose([...ARC, ...FINE], (east - west) * 3600, north || south ? 12 : 5) / 3600;
  const latStep = choose([...ARC, ...FINE], (high - low) * 3600, 6);
  for (let k = Math.ceil((centre + west) / lonStep); k * lonStep <= centre + east + 1e-12; k++) {
    const line = steps(
      Math.max(-90, low - 0.05 * (high - low)),
      Math.min(90, high + 0.05 * (high - low)),
      48,
    ).map((lat) => plane.ofFrame(k * lonStep, lat));
    lines.push(...pieces(line, 1));
    const at = crossing(line, 1, bottom, 0, left, right);
    const text = timed ? hours(k * lonStep * 240, lonStep * 240) : decimal(k * lonStep, lonStep);
    if (at !== null && !(west === -180 && k * lonStep > centre + 180 - 1e-9))
      labels.push({ u: at, v: bottom, text, side: "bottom" });
  }
  const wide = 0.05 * (east - west);
  for (let k = Math.ceil((low * 3600) / latStep); k * latStep <= high * 3600 + 1e-9; k++) {
    const line = steps(centre + west - wide, centre + east + wide, 96).map((lon) =>
      plane.ofFrame(lon, (k * latStep) / 3600),
    );
    lines.push(...pieces(line, 1));
    const at = crossing(line, 0, left, 1, bottom, top);
    if (at !== null) labels.push({ u: left, v: at, text: degrees(k * latStep, latStep), side: "left" });
  }
  return { lines, labels };
}

/**
 * Where a line crosses an edge: the other coordinate there.
 * @param {[number, number][]} line @param {0 | 1} across coordinate that the edge fixes @param {number} edge
 * @param {0 | 1} along @param {number} from @param {number} to
 */
function crossing(line, across, edge, along, from, to) {
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    if ((a[across] - edge) * (b[across] - edge) > 0 || a[across] === b[across]) continue;
    const at = a[along] + ((edge - a[across]) / (b[across] - a[across])) * (b[along] - a[along]);
    if (at > from && at < to) return at;
  }
  return null;
}
