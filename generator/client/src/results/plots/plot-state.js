/**
 * What is plotted, and its form in an address: `plot=scatter:teff,-logg,feh`. A minus reverses an axis, `log(…)` makes it
 * logarithmic, the last name gives the colour; `sky:galactic,z` and `histogram:snrg,class` likewise. A semicolon separates plots.
 *
 * @typedef {{column: string, log: boolean, reverse: boolean}} Axis
 * @typedef {object} PlotState
 * @property {"scatter" | "histogram" | "sky"} kind
 * @property {Axis} x
 * @property {Axis} y
 * @property {string} colour "" for none
 * @property {"equatorial" | "galactic"} frame
 *
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 */
import { parseNames, writeNames } from "../../search/grammar.js";
import { isMagnitude, measured } from "./plot-columns.js";

const KINDS = /** @type {const} */ (["scatter", "histogram", "sky"]);
const FRAMES = /** @type {const} */ (["equatorial", "galactic"]);

/** @param {string} column @returns {Axis} */
export const axis = (column) => ({ column, log: false, reverse: false });

/** @param {PlotState} state */
export function writePlot({ kind, x, y, colour, frame }) {
  const name = (/** @type {string} */ text) => {
    const written = writeNames([text]);
    return written === text && text.includes(";") ? `"${text}"` : written;
  };
  const one = (/** @type {Axis} */ { column, log, reverse }) => {
    const text = log ? `log(${name(column)})` : name(column);
    return (reverse ? "-" : "") + text;
  };
  const parts = kind === "sky" ? [frame] : kind === "histogram" ? [one(x)] : [one(x), one(y)];
  if (colour) parts.push(name(colour));
  return `${kind}:${parts.join(",")}`;
}

/** Most plots side by side. */
export const MOST = 3;

/** @param {PlotState[]} states */
export const writePlots = (states) => states.map(writePlot).join(";");

/** The plots of an address; those that cannot be read are left out. @param {string | null} text */
export function readPlots(text) {
  const parts = (text ?? "").match(/(?:"(?:[^"]|"")*"|[^;"])+/g) ?? [];
  return parts.flatMap((part) => readPlot(part) ?? []).slice(0, MOST);
}

/**
 * The plot of an address. Anything wrong in it is left to the defaults.
 * @param {string | null} text
 * @returns {(Pick<PlotState, "kind"> & Partial<PlotState>) | null}
 */
export function readPlot(text) {
  const [, word, rest] = /^(\w+):?(.*)$/s.exec(text ?? "") ?? [];
  const kind = KINDS.find((k) => k === word);
  if (!kind) return null;
  const parts = rest.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  try {
    const name = (/** @type {string | undefined} */ part) => (part ? (parseNames(part)[0] ?? "") : "");
    const one = (/** @type {string | undefined} */ part) => {
      const [, minus, log, inner, plain] = /^(-?)(?:(log)\((.*)\)|(.*))$/s.exec(part ?? "") ?? [];
      return { column: name(log ? inner : plain), log: Boolean(log), reverse: Boolean(minus) };
    };
    if (kind === "sky")
      return { kind, frame: FRAMES.find((f) => f === parts[0]) ?? "equatorial", colour: name(parts[1]) };
    if (kind === "histogram") return { kind, x: one(parts[0]), colour: name(parts[1]) };
    return { kind, x: one(parts[0]), y: one(parts[1]), colour: name(parts[2]) };
  } catch {
    return { kind };
  }
}

/**
 * Fill in what is not given, and drop columns that are not there.
 * @param {Partial<PlotState> | null} asked @param {PlotColumn[]} columns @param {boolean} sky there are positions
 * @returns {PlotState}
 */
export function complete(asked, columns, sky) {
  const first = measured(columns).map((c) => c.name);
  const known = (/** @type {string | undefined} */ name, /** @type {PlotColumn["kind"]} */ kind) =>
    columns.some((c) => c.name === name && c.kind === kind);
  const fill = (/** @type {Axis | undefined} */ said, /** @type {string} */ other) => {
    if (said && known(said.column, "number")) return said;
    const column = first.find((name) => name !== other) ?? first[0] ?? "";
    const found = columns.find((c) => c.name === column);
    return { column, log: false, reverse: Boolean(found && isMagnitude(found)) };
  };
  const read = columns.some((c) => c.read && c.kind === "number");
  let kind =
    asked?.kind ??
    (sky ? "sky" : measured(columns).filter((c) => c.read).length > 1 ? "scatter" : "histogram");
  if (kind === "sky" && !sky) kind = "scatter";
  if (kind !== "sky" && !read && sky) kind = "sky";
  // an x axis increases to the right, unless it was asked to be reversed
  const x =
    asked?.x && known(asked.x.column, "number") ? asked.x : { ...fill(undefined, ""), reverse: false };
  const y = fill(asked?.y, x.column);
  const colour = asked?.colour ?? "";
  return {
    kind,
    x,
    y,
    colour: columns.some((c) => c.name === colour) ? colour : "",
    frame: asked?.frame ?? "equatorial",
  };
}
