/** The chart of a column against the date, as SVG, with its choice of column and its numbers as a table. */
import { sayInAddress } from "../../shared/page.js";
import { t } from "../../shared/strings.js";
import { numberText, tickText, ticks } from "../numbers/ticks.js";
import { keyMark, make, symbol } from "./finder-chart.js";
import { dateTicks, firstQuantity, quantities, seriesOf, summaryOf } from "./series.js";

/** @typedef {import("./series.js").Series} Series @typedef {import("./series.js").Point} Point */

/** Parameter of the address with the column. */
export const AGAINST = "against";
const HIGH = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [78, 16, 12, 44];
/** A phone's and a desk's width of the drawing. */
const [NARROW, WIDE] = [360, 860];

export class SeriesChart {
  /** @type {import("./observations.js").Observation[]} */
  #observations = [];
  /** @type {import("./series.js").Quantity[]} */
  #all = [];
  /** @type {Series | null} */
  #series = null;

  /** @param {HTMLElement} root @param {import("./find-object.js").Page} page @param {Record<string, import("./find-object.js").Facts>} objects */
  constructor(root, page, objects) {
    const part = (/** @type {string} */ name) =>
      /** @type {any} */ (root.querySelector(`[data-series="${name}"]`));
    this.root = root;
    this.page = page;
    this.objects = objects;
    this.choice = /** @type {HTMLSelectElement} */ (part("column"));
    this.chart = /** @type {SVGElement} */ (part("chart"));
    this.note = /** @type {HTMLElement} */ (part("note"));
    this.figure = /** @type {HTMLElement} */ (part("figure"));
    this.legend = /** @type {HTMLElement} */ (part("legend"));
    this.values = /** @type {HTMLTableSectionElement} */ (part("values"));
    this.choice.addEventListener("change", () => {
      const quantity = this.#all[this.choice.selectedIndex];
      sayInAddress(AGAINST, quantity.name);
      this.#draw(quantity);
    });
    new ResizeObserver(() => this.#paint()).observe(this.figure);
  }

  /** @param {import("./observations.js").Observation[]} observations */
  show(observations) {
    this.#observations = observations;
    this.#all = quantities(observations, this.objects);
    const asked = new URLSearchParams(location.search).get(AGAINST);
    const first = this.#all.find(({ name }) => name === asked) ?? firstQuantity(this.#all);
    this.root.hidden = !first;
    if (!first) return;
    this.choice.replaceChildren(
      ...this.#all.map(({ name, unit, title }) => {
        const option = new Option(unit ? `${name} (${unit})` : name);
        option.title = title;
        return option;
      }),
    );
    this.choice.selectedIndex = this.#all.indexOf(first);
    this.#draw(first);
  }

  /** @param {import("./series.js").Quantity} quantity */
  #draw(quantity) {
    const series = (this.#series = seriesOf(this.#observations, quantity));
    const { epochs } = summaryOf(series.points);
    this.figure.hidden = epochs < 2;
    this.note.textContent = describe(series);
    this.#paint();
    this.values.replaceChildren(...series.points.map((point) => valuesLine(point)));
    const used = this.#catalogues(series.points);
    this.legend.replaceChildren(
      ...used.map((name) => {
        const item = document.createElement("li");
        item.append(keyMark(symbol(this.#rank(name), 0, 0, 4.4, false)));
        const code = document.createElement("code");
        code.textContent = name;
        item.append(code, this.page.catalogues.find((one) => one.name === name)?.title ?? "");
        return item;
      }),
    );
  }

  /** @param {string} name of a catalogue */
  #rank(name) {
    return this.page.catalogues.findIndex((one) => one.name === name);
  }

  /** @param {Point[]} points */
  #catalogues(points) {
    return [...new Set(points.map(({ catalogue }) => catalogue))].sort(
      (a, b) => this.#rank(a) - this.#rank(b),
    );
  }

  #paint() {
    if (!this.#series || this.figure.hidden) return;
    const room = this.figure.clientWidth;
    const wide = room ? Math.min(Math.max(room, NARROW), WIDE) : WIDE;
    paint(this.chart, this.#series, wide, (name) => this.#rank(name));
  }
}

/** @param {Series} series */
function describe({ quantity: { name, unit }, points, errors, without }) {
  const { epochs, days, mean, deviation } = summaryOf(points);
  const withUnit = (/** @type {number} */ value) => [numberText(value, 6), unit].filter(Boolean).join(" ");
  const sentences = [];
  if (epochs === 1) {
    const [{ date, day, value, error }] = points;
    const shown = error === null ? withUnit(value) : `${numberText(value, 6)} ± ${withUnit(error)}`;
    sentences.push(
      t("One epoch only: {date}, {column} = {value}.", {
        date: date || `MJD ${day}`,
        column: name,
        value: shown,
      }),
    );
  } else
    sentences.push(
      t("{epochs} epochs within {days} days; mean {mean}, standard deviation {deviation}.", {
        epochs,
        days: numberText(days, 6),
        mean: withUnit(mean),
        deviation: withUnit(deviation),
      }),
    );
  sentences.push(
    errors.length
      ? t("Errors are those of {columns}.", { columns: errors.join(", ") })
      : t("No column has its errors."),
  );
  if (without) sentences.push(t("Rows without a value or a date: {count}.", { count: without }));
  return sentences.join(" ");
}

/** @param {Point} point */
function valuesLine({ date, day, value, error, catalogue, id }) {
  const line = document.createElement("tr");
  const texts = [date, String(day), String(value), error === null ? "" : String(error), catalogue, id];
  texts.forEach((text, k) => {
    const cell = line.insertCell();
    cell.textContent = text;
    if (k > 0 && k < 4) cell.className = "num";
  });
  return line;
}

/** Lowest and highest with some room. @param {number[]} values */
function roomy(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || Math.abs(high) * 0.01 || 1) * 0.08;
  return [low - room, high + room];
}

/** @param {SVGElement} svg @param {Series} series @param {number} wide @param {(catalogue: string) => number} rank */
function paint(svg, { quantity: { name, unit }, points }, wide, rank) {
  const [x0, x1] = roomy(points.map(({ day }) => day));
  const [y0, y1] = roomy(points.flatMap(({ value, error }) => [value - (error ?? 0), value + (error ?? 0)]));
  const x = (/** @type {number} */ day) => round(LEFT + ((day - x0) / (x1 - x0)) * (wide - LEFT - RIGHT));
  const y = (/** @type {number} */ value) =>
    round(HIGH - BOTTOM - ((value - y0) / (y1 - y0)) * (HIGH - TOP - BOTTOM));
  const foot = HIGH - BOTTOM;
  const up = ticks(y0, y1, 5);
  const across = dateTicks(x0, x1, Math.max(2, Math.floor((wide - LEFT) / 110)));
  const few = across.length ? across : [{ day: points[0].day, text: points[0].date }];
  svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
  svg.replaceChildren(
    make("path", {
      class: "series-grid",
      d: up.at.map((value) => `M${LEFT} ${y(value)}H${wide - RIGHT}`).join(""),
    }),
    make("path", { class: "series-frame", d: `M${LEFT} ${TOP}V${foot}H${wide - RIGHT}` }),
    ...up.at.map((value) =>
      make("text", { class: "series-text up", x: LEFT - 8, y: y(value) + 4 }, tickText(value, up.step)),
    ),
    ...few.flatMap(({ day, text }) => [
      make("path", { class: "series-frame", d: `M${x(day)} ${foot}v5` }),
      make("text", { class: "series-text", x: x(day), y: foot + 19 }, text),
    ]),
    make("text", { class: "series-title", x: (LEFT + wide - RIGHT) / 2, y: HIGH - 6 }, t("Date")),
    make(
      "text",
      { class: "series-title", transform: `translate(14 ${(TOP + foot) / 2}) rotate(-90)` },
      unit ? `${name} (${unit})` : name,
    ),
    ...points.map((point) => pointOf(point, x, y, rank(point.catalogue))),
  );
}

/** @param {Point} point @param {(day: number) => number} x @param {(value: number) => number} y @param {number} at */
function pointOf({ day, date, value, error, catalogue, id }, x, y, at) {
  const group = make("g", { class: "series-point" });
  const text = `${date || day} · ${value}${error === null ? "" : ` ± ${error}`} · ${catalogue} ${id}`;
  group.append(make("title", {}, text));
  if (error !== null) {
    const [low, high] = [y(value - error), y(value + error)];
    group.append(
      make("path", {
        class: `series-error chart-${(at % 6) + 1}`,
        d: `M${x(day)} ${high}V${low}M${x(day) - 4} ${high}h8M${x(day) - 4} ${low}h8`,
      }),
    );
  }
  group.append(symbol(at, x(day), y(value), 4.5, false));
  return group;
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
