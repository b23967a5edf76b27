/** Descriptions of a plot: legend, bars and their colours, a summary in words. */
import { t } from "../../shared/strings.js";
import { NAMED } from "./colours.js";
import { categoryEntries } from "./draw.js";
import { numberText } from "./scale.js";

/**
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 * @typedef {import("./plot.js").Plot} Plot
 */

/** Those without a value on top, then the others. @param {number} g */
const rank = (g) => (g === 0 ? 1e6 : g);

/** @param {PlotColumn} column @param {boolean} [log] */
export const titleOf = ({ name, unit }, log) =>
  log ? t("{name} (log)", { name: label(name, unit) }) : label(name, unit);
/** @param {string} name @param {string | null} [unit] */
const label = (name, unit) => (unit ? `${name} [${unit}]` : name);

/** @param {Plot} plot @param {Palette} palette @returns {import("./draw.js").Legend | null} */
export function legendOf(plot, palette) {
  const colours = plot.colours;
  if (colours && plot.colour) {
    const mean = plot.cells || plot.bars;
    if (colours.kind === "number") {
      const title = titleOf(plot.colour);
      const { low, high, least, most } = colours;
      return {
        kind: "ramp",
        title: mean ? t("mean of {name}", { name: title }) : title,
        colours: palette.values,
        low,
        high,
        log: false,
        below: least < low,
        above: most > high,
      };
    }
    const others = colours.words.length > NAMED ? 1 : 0;
    const words = { others: t("others"), none: t("no value") };
    const entries = categoryEntries(
      colours.words.map(([word]) => word),
      others,
      0,
      palette,
      words,
    );
    return { kind: "words", title: titleOf(plot.colour), entries };
  }
  if (!plot.cells) return null;
  const most = plot.cells.bins.n.reduce((a, b) => Math.max(a, b), 1);
  return {
    kind: "ramp",
    title: t("rows in a cell"),
    colours: palette.density,
    low: 1,
    high: most,
    log: true,
    below: false,
    above: false,
  };
}

/** @param {Plot} plot @param {Palette} palette @returns {import("./draw.js").Bar[]} */
export function barsOf(plot, palette) {
  if (!plot.bars) return [];
  const { bins, marked, start, step, count } = plot.bars;
  const found = Array.from({ length: count }, (_, i) => ({
    from: start + i * step,
    to: start + (i + 1) * step,
    parts: /** @type {{n: number, colour: string}[]} */ ([]),
    marked: /** @type {{n: number, colour: string}[]} */ ([]),
  }));
  const category = plot.shades?.kind === "category";
  const order = (/** @type {import("./paint-plot.js").Bins} */ { k, g }) =>
    [...k.keys()].sort((a, b) => rank(g[a]) - rank(g[b]));
  const colour = (/** @type {import("./paint-plot.js").Bins} */ { g, m }, /** @type {number} */ i) =>
    colourOf(plot, category ? g[i] : m[i], palette);
  for (const i of order(bins)) found[bins.k[i]].parts.push({ n: bins.n[i], colour: colour(bins, i) });
  // marked rows keep the colour of their bar
  if (marked)
    for (const i of order(marked)) {
      const bar = found[marked.k[i]];
      const own = category ? colour(marked, i) : (bar.parts[0]?.colour ?? palette.point);
      bar.marked.push({ n: marked.n[i], colour: own });
    }
  return found;
}

/** Colour of one row, by its c. @param {Plot} plot @param {number} c @param {Palette} palette */
export function colourOf(plot, c, palette) {
  const { shades } = plot;
  if (!shades) return palette.point;
  if (shades.kind === "category")
    return c === 0 ? palette.none : c > shades.count ? palette.categories[NAMED] : palette.categories[c - 1];
  if (Number.isNaN(c)) return palette.none;
  const share = (c - shades.low) / (shades.high - shades.low || 1);
  const { values } = palette;
  return values[Math.max(0, Math.min(values.length - 1, Math.floor(share * values.length)))];
}

/** Summary in words, for readers who do not see the plot and for its numbers. @param {Plot} plot */
export function summaryOf(plot) {
  const { all, shown, missing, beyond, correlation, ends } = plot.facts;
  const range = (/** @type {import("./queries.js").Term | null} */ term, /** @type {number} */ at) =>
    term && shown
      ? [
          t("{name} from {low} to {high}", {
            name: term.column.name,
            low: numberText(ends[at]),
            high: `${numberText(ends[at + 1])}${term.column.unit ? ` ${term.column.unit}` : ""}`,
          }),
        ]
      : [];
  const { p, q } = plot.question;
  const parts = [
    shown === all ? t("{n} rows", { n: shown }) : t("{n} of {all} rows", { n: shown, all }),
    ...(missing ? [t("{n} without a value are left out", { n: missing })] : []),
    ...(beyond ? [t("{n} not above 0 cannot be shown on a logarithmic axis", { n: beyond })] : []),
    ...range(p, 0),
    ...range(q, 2),
    ...(plot.kind === "scatter" && Number.isFinite(correlation)
      ? [t("correlation {r}", { r: numberText(correlation, 3) })]
      : []),
  ];
  return parts.join(" · ");
}
