/** The tip at the pointer: a row's values, or the number of rows in a cell or a bar. */
import { quoteName } from "../../engine/quoting.js";
import { countText, t } from "../../shared/strings.js";
import { ROW } from "../query/hits.js";
import { mapping } from "./paint-plot.js";
import { numberText } from "./scale.js";

/**
 * @typedef {import("./plot.js").Plot} Plot
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {import("./paint-plot.js").Bins} Bins
 * @typedef {{first: [string, string][], others: [string, string][]}} Lines names and values: of what is plotted, and of other columns
 */

/** Pixels from a point within which it is selected. */
const REACH = 9;
/** Most columns shown of a row in addition to those plotted. */
const OTHERS = 5;
const PAUSE = 60;

export class Tip {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #asked = 0;

  /**
   * @param {HTMLElement} place @param {HTMLElement} said for screen readers
   * @param {import("./plots-button.js").Host} host @param {() => string} id column that identifies rows, "" for none
   */
  constructor(place, said, host, id) {
    this.place = place;
    this.said = said;
    this.host = host;
    this.id = id;
  }

  get shown() {
    return !this.place.hidden;
  }

  hide() {
    clearTimeout(this.#waiting);
    this.#asked++;
    this.place.hidden = true;
  }

  /** @param {Plot | null} plot @param {Box} box @param {number} x @param {number} y @returns {number | null} number of the row */
  nearest(plot, box, x, y) {
    if (!plot?.points) return null;
    const { xs, ys } = plot.screen(box);
    let [best, at] = [REACH * REACH, -1];
    for (let i = 0; i < xs.length; i++) {
      const far = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
      if (far < best) [best, at] = [far, i];
    }
    return at < 0 ? null : plot.points.r[at];
  }

  /** @param {Plot | null} plot @param {Box} box @param {[number, number] | null} at @param {boolean} [aloud] for screen readers too */
  show(plot, box, at, aloud = false) {
    this.hide();
    if (!plot || !at) return;
    const asked = this.#asked;
    this.#waiting = setTimeout(async () => {
      const found = await this.#lines(plot, box, at).catch(() => ({ first: [], others: [] }));
      const lines = [...found.first, ...found.others];
      if (asked !== this.#asked || !lines.length) return;
      this.place.replaceChildren(
        ...lines.map(([name, value], i) => {
          const line = document.createElement("div");
          line.classList.toggle("first-other", i > 0 && i === found.first.length);
          const [term, text] = [document.createElement("span"), document.createElement("span")];
          term.textContent = name;
          text.textContent = value;
          line.append(term, text);
          return line;
        }),
      );
      if (aloud) this.said.textContent = lines.map((line) => line.join(" ")).join(", ");
      this.place.hidden = false;
      const { width } = plot.setting;
      const left =
        at[0] + 14 + this.place.offsetWidth > width ? at[0] - 14 - this.place.offsetWidth : at[0] + 14;
      this.place.style.left = `${Math.max(2, left)}px`;
      this.place.style.top = `${Math.max(2, at[1] - this.place.offsetHeight / 2)}px`;
    }, PAUSE);
  }

  /** @param {Plot} plot @param {Box} box @param {[number, number]} at @returns {Promise<Lines>} */
  async #lines(plot, box, at) {
    if (!plot.points) return { first: countsAt(plot, box, at), others: [] };
    const row = this.nearest(plot, box, ...at);
    return row === null ? { first: [], others: [] } : this.#row(plot, row);
  }

  /** The plotted values of a row, then its id and the first columns of the table. @param {Plot} plot @param {number} row @returns {Promise<Lines>} */
  async #row(plot, row) {
    const { shown } = this.host.view;
    if (!shown) return { first: [], others: [] };
    const { fields, engine } = shown.hits;
    const { p, q, colour } = plot.question;
    const plotted = [p.column, q?.column, colour?.column].flatMap((column) => column ?? []);
    const own = fields.filter(({ name }) => !plotted.some((column) => column.name === name));
    const [id, rest] = [
      own.filter(({ name }) => name === this.id()),
      own.filter(({ name }) => name !== this.id()),
    ];
    const first = plotted.map(
      ({ name, type = "", unit }) => fields.find((field) => field.name === name) ?? { name, type, unit },
    );
    const all = /** @type {import("../export/votable.js").Field[]} */ ([
      ...first,
      ...[...id, ...rest].slice(0, OTHERS),
    ]);
    const names = all.map(({ name }) => quoteName(name)).join(", ");
    const { rows } = await engine.rows(`SELECT ${names} FROM ${this.host.table} WHERE ${ROW} = ${row}`);
    if (!rows.length) return { first: [], others: [] };
    const lines = all.map(({ name, type, unit, digits }, i) => {
      const value = rows[0][i];
      const text =
        digits !== undefined && typeof value === "number"
          ? value.toFixed(digits)
          : this.host.format(value, type);
      return /** @type {[string, string]} */ ([name, `${text}${unit && text ? ` ${unit}` : ""}`]);
    });
    return { first: lines.slice(0, first.length), others: lines.slice(first.length) };
  }
}

/** Rows in a bar or a cell. @param {Plot} plot @param {Box} box @param {[number, number]} at @returns {[string, string][]} */
function countsAt(plot, box, [x, y]) {
  const place = mapping(box, plot.window);
  if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return [];
  if (plot.bars) {
    const { start, step, count, bins, marked } = plot.bars;
    const u = place.u(x);
    const k = Math.floor((u - start) / step);
    if (k < 0 || k >= count) return [];
    const range = between(plot.question.p, start + k * step, start + (k + 1) * step);
    return [range, ...counted(countIn(bins, k), marked, k)];
  }
  if (!plot.cells) return [];
  const { grid, bins, marked } = plot.cells;
  const [wide, high] = [box.width / grid.across, box.height / grid.down];
  const [column, line] = [Math.floor((x - box.x) / wide), Math.floor((y - box.y) / high)];
  const k = column + grid.across * line;
  const n = countIn(bins, k);
  if (!n) return [];
  const { p, q } = plot.question;
  const [u, v] = [
    [0, 1].map((step) => place.u(box.x + (column + step) * wide)),
    [0, 1].map((step) => place.v(box.y + (line + step) * high)),
  ];
  // on the sky the axes of the picture are not columns
  const axes = plot.sky || !q ? [] : [between(p, u[0], u[1]), between(q, v[0], v[1])];
  return [...axes, ...counted(n, marked, k)];
}

/** Rows in a bin. @param {Bins} bins @param {number} k its number */
const countIn = ({ k: all, n }, k) => all.reduce((sum, at, i) => (at === k ? sum + n[i] : sum), 0);

/** @param {number} n rows in a bin @param {Bins | null} marked @param {number} k number of the bin @returns {[string, string][]} */
const counted = (n, marked, k) => [
  [t("rows"), countText(n)],
  .../** @type {[string, string][]} */ (marked ? [[t("marked"), countText(countIn(marked, k))]] : []),
];

/**
 * A range of an axis.
 * @param {import("./queries.js").Term} term @param {number} one @param {number} other in the plane
 * @returns {[string, string]}
 */
function between({ column, log }, one, other) {
  const ends = [one, other].toSorted((a, b) => a - b).map((n) => numberText(log ? 10 ** n : n, 5));
  return [column.name, `${ends.join(" – ")}${column.unit ? ` ${column.unit}` : ""}`];
}
