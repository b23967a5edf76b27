/** The tip at the pointer: a row's values, or the number of rows in a cell or a bar. */
import { ROW } from "../query/hits.js";
import { countText, t } from "../../shared/strings.js";
import { mapping } from "./paint-plot.js";
import { numberText } from "./scale.js";

/**
 * @typedef {import("./plot.js").Plot} Plot
 * @typedef {import("./paint-plot.js").Box} Box
 */

/** Pixels from a point within which it is selected. */
const REACH = 9;
/** Most columns shown of a row. */
const LINES = 9;
const PAUSE = 60;

export class Tip {
  /** @type {{plot: Plot, points: unknown, window: unknown, box: Box, xs: Float32Array, ys: Float32Array} | null} */
  #places = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #asked = 0;

  /** @param {HTMLElement} place @param {import("./plots-button.js").Host} host */
  constructor(place, host) {
    this.place = place;
    this.host = host;
  }

  hide() {
    clearTimeout(this.#waiting);
    this.#asked++;
    this.place.hidden = true;
  }

  /** @param {Plot | null} plot @param {Box} box @param {number} x @param {number} y @returns {number | null} number of the row */
  nearest(plot, box, x, y) {
    if (!plot?.points) return null;
    const { points, window } = plot;
    const now = this.#places;
    if (!now || now.points !== points || now.window !== window || now.box !== box)
      this.#places = { plot, points, window, box, ...plot.screen(box) };
    const { xs, ys } = /** @type {NonNullable<typeof now>} */ (this.#places);
    let [best, at] = [REACH * REACH, -1];
    for (let i = 0; i < xs.length; i++) {
      const far = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
      if (far < best) [best, at] = [far, i];
    }
    return at < 0 ? null : points.r[at];
  }

  /** @param {Plot | null} plot @param {Box} box @param {[number, number] | null} at */
  show(plot, box, at) {
    this.hide();
    if (!plot || !at) return;
    const asked = this.#asked;
    this.#waiting = setTimeout(async () => {
      const lines = await this.#lines(plot, box, at).catch(() => []);
      if (asked !== this.#asked || !lines.length) return;
      this.place.replaceChildren(
        ...lines.map(([name, value]) => {
          const line = document.createElement("div");
          const [term, text] = [document.createElement("span"), document.createElement("span")];
          term.textContent = name;
          text.textContent = value;
          line.append(term, text);
          return line;
        }),
      );
      this.place.hidden = false;
      const { width } = plot.setting;
      const left =
        at[0] + 14 + this.place.offsetWidth > width ? at[0] - 14 - this.place.offsetWidth : at[0] + 14;
      this.place.style.left = `${Math.max(2, left)}px`;
      this.place.style.top = `${Math.max(2, at[1] - this.place.offsetHeight / 2)}px`;
    }, PAUSE);
  }

  /** @param {Plot} plot @param {Box} box @param {[number, number]} at @returns {Promise<[string, string][]>} */
  async #lines(plot, box, [x, y]) {
    const place = mapping(box, plot.window);
    if (plot.points) {
      const row = this.nearest(plot, box, x, y);
      return row === null ? [] : this.#row(plot, row);
    }
    if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return [];
    if (plot.bars) {
      const { start, step, count, bins, marked } = plot.bars;
      const u = place.u(x);
      const k = Math.floor((u - start) / step);
      if (k < 0 || k >= count) return [];
      const sum = (/** @type {import("./paint-plot.js").Bins | null} */ some) =>
        some ? some.k.reduce((all, at, i) => (at === k ? all + some.n[i] : all), 0) : 0;
      const lines = /** @type {[string, string][]} */ ([
        between(plot.question.p, start + k * step, start + (k + 1) * step),
        [t("rows"), countText(sum(bins))],
      ]);
      if (marked) lines.push([t("marked"), countText(sum(marked))]);
      return lines;
    }
    if (!plot.cells) return [];
    const { grid, bins } = plot.cells;
    const [wide, high] = [box.width / grid.across, box.height / grid.down];
    const [column, line] = [Math.floor((x - box.x) / wide), Math.floor((y - box.y) / high)];
    const k = column + grid.across * line;
    const n = bins.k.reduce((all, at, i) => (at === k ? all + bins.n[i] : all), 0);
    if (!n) return [];
    const { p, q } = plot.question;
    const [u, v] = [
      [0, 1].map((step) => place.u(box.x + (column + step) * wide)),
      [0, 1].map((step) => place.v(box.y + (line + step) * high)),
    ];
    // on the sky the axes of the picture are not columns
    const axes = plot.sky || !q ? [] : [between(p, u[0], u[1]), between(q, v[0], v[1])];
    return [...axes, [t("rows"), countText(n)]];
  }

  /** The plotted values of a row, then its first columns. @param {Plot} plot @param {number} row @returns {Promise<[string, string][]>} */
  async #row(plot, row) {
    const { shown } = this.host.view;
    if (!shown) return [];
    const { fields, engine } = shown.hits;
    const { p, q, colour } = plot.question;
    const plotted = [p.column, q?.column, colour?.column].flatMap((column) => column ?? []);
    const first = plotted.map(({ name, type = "", unit }) => ({ name, type, unit }));
    const all = [...first, ...fields].map((one) => fields.find(({ name }) => name === one.name) ?? one);
    const some = all.filter(({ name }, i) => all.findIndex((one) => one.name === name) === i).slice(0, LINES);
    const names = some.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(", ");
    const { rows } = await engine.rows(`SELECT ${names} FROM ${this.host.table} WHERE ${ROW} = ${row}`);
    if (!rows.length) return [];
    return some.map(({ name, type, unit }, i) => [
      name,
      `${this.host.format(rows[0][i], type)}${unit ? ` ${unit}` : ""}`,
    ]);
  }
}

/**
 * A range of an axis.
 * @param {import("./queries.js").Term} term @param {number} one @param {number} other in the plane
 * @returns {[string, string]}
 */
function between({ column, log }, one, other) {
  const ends = [one, other].toSorted((a, b) => a - b).map((n) => numberText(log ? 10 ** n : n, 5));
  return [column.name, ends.join(" – ")];
}
