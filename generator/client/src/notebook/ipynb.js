/** Notebooks as Jupyter writes them, nbformat 4.5. What a file has beyond its cells' text is kept as it is. */
import { t } from "../shared/strings.js";
import { cleanSvg } from "./cells/svg.js";

/**
 * @typedef {{ type: "stream", name: string, text: string } | { type: "data", mime: string, data: string } } Kept
 *   an output: PNG as base64, everything else as text
 * @typedef {{ id: string, kind: "code" | "markdown" | "raw", source: string, outputs: Kept[], count: number | null, metadata?: object, attachments?: object }} Cell
 * @typedef {{ cells: Cell[], metadata: Record<string, any> }} Notebook
 */

/** The table of drportal, and what Jupyter shows in its place. */
export const TABLE = "application/vnd.drportal.table+json";
/** A picture as text, which may be made of elements that a page must not have. */
export const SVG = "image/svg+xml";
/** A file larger than this is not a notebook that a page should open. */
export const MOST = 64 << 20;
/** Values of a table: its first and last rows are shown, so more are not drportal's. */
const MOST_CELLS = 200_000;

/** @param {unknown} text a string, or lines of one */
const joined = (text) =>
  Array.isArray(text)
    ? text.filter((one) => typeof one === "string").join("")
    : typeof text === "string"
      ? text
      : "";

/** Text as nbformat stores it. @param {string} text */
const lines = (text) => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** @returns {string} of eight characters, as Jupyter makes them */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

/**
 * @param {string} text of a file
 * @returns {Notebook} throws an Error that says what is wrong
 */
export function readNotebook(text) {
  /** @type {any} */
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error(t("This file is not a notebook: it is not JSON."));
  }
  if (!file || typeof file !== "object" || !Array.isArray(file.cells) || !(Number(file.nbformat) >= 4))
    throw new Error(t("This file is not a notebook of nbformat 4 or later."));
  const seen = new Set();
  const cells = file.cells.flatMap((/** @type {any} */ cell) => {
    const kind = cell?.cell_type;
    if (kind !== "code" && kind !== "markdown" && kind !== "raw") return [];
    const id = typeof cell.id === "string" && ID.test(cell.id) && !seen.has(cell.id) ? cell.id : newId();
    seen.add(id);
    const outputs = kind === "code" && Array.isArray(cell.outputs) ? cell.outputs.flatMap(keptOf) : [];
    const count = Number.isInteger(cell.execution_count) ? cell.execution_count : null;
    const metadata = isRecord(cell.metadata) ? cell.metadata : {};
    const attachments = isRecord(cell.attachments) ? cell.attachments : undefined;
    return [{ id, kind, source: joined(cell.source), outputs, count, metadata, attachments }];
  });
  return { cells, metadata: isRecord(file.metadata) ? file.metadata : {} };
}

/** @param {unknown} value @returns {value is Record<string, any>} */
const isRecord = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

/** @param {unknown} value */
const word = (value) => (typeof value === "string" ? value : "");

/** @param {unknown} value @returns {value is number} */
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * A table that can be shown, with nothing but what is shown of it: names, types, units, descriptions and values as text.
 * @param {unknown} about what Python or a file has sent
 * @returns {string | null} JSON; null if it is not a table
 */
export function tableOf(about) {
  if (!isRecord(about)) return null;
  const { rows, columns, shown, cells } = about;
  if (!isCount(rows) || ![columns, shown, cells].every(Array.isArray)) return null;
  if (!columns.every(isRecord) || !shown.every(isCount) || shown.length !== cells.length) return null;
  const isRow = (/** @type {unknown} */ row) =>
    Array.isArray(row) &&
    row.length === columns.length &&
    row.every((value) => value === null || typeof value === "string");
  if (cells.length * columns.length > MOST_CELLS || !cells.every(isRow)) return null;
  const kept = columns.map((/** @type {Record<string, unknown>} */ { name, type, unit, description }) => ({
    name: word(name),
    type: word(type),
    unit: word(unit) || null,
    description: word(description) || null,
  }));
  return JSON.stringify({ rows, columns: kept, shown, cells });
}

/**
 * What may be shown of a stranger's output without running anything: tables of drportal, text, PNG, and SVG that is
 * clean. HTML, JavaScript and widgets of a file are left out.
 * @param {any} output @returns {Kept[]}
 */
function keptOf(output) {
  if (output?.output_type === "stream") {
    const name = output.name === "stderr" ? "stderr" : "stdout";
    return [{ type: "stream", name, text: joined(output.text) }];
  }
  if (output?.output_type === "error") {
    const trace = Array.isArray(output.traceback) ? output.traceback.map(String).join("\n") : "";
    // Jupyter colours tracebacks with escape sequences of terminals.
    // eslint-disable-next-line no-control-regex
    const plain = (trace || `${output.ename}: ${output.evalue}`).replace(/\x1b\[[0-9;]*m/g, "");
    return [{ type: "stream", name: "stderr", text: `${plain}\n` }];
  }
  const data = isRecord(output?.data) ? output.data : {};
  const table = tableOf(data[TABLE]);
  if (table) return [{ type: "data", mime: TABLE, data: table }];
  const svg = cleanSvg(joined(data[SVG]));
  if (svg) return [{ type: "data", mime: SVG, data: svg }];
  const png = joined(data["image/png"]).replace(/\s+/g, "");
  if (png && /^[A-Za-z0-9+/]+={0,2}$/.test(png)) return [{ type: "data", mime: "image/png", data: png }];
  const plain = joined(data["text/plain"]);
  return plain ? [{ type: "data", mime: "text/plain", data: plain }] : [];
}

/** @param {Notebook} notebook @returns {string} */
export function writeNotebook({ cells, metadata }) {
  const file = {
    cells: cells.map((cell) => ({
      ...(cell.attachments ? { attachments: cell.attachments } : {}),
      cell_type: cell.kind,
      ...(cell.kind === "code" ? { execution_count: cell.count } : {}),
      id: cell.id,
      metadata: cell.metadata ?? {},
      ...(cell.kind === "code" ? { outputs: cell.outputs.map((one) => outputOf(one)) } : {}),
      source: lines(cell.source),
    })),
    metadata: {
      ...metadata,
      kernelspec: metadata.kernelspec ?? { display_name: "Python 3", language: "python", name: "python3" },
      language_info: metadata.language_info ?? { name: "python" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** @param {Kept} output */
function outputOf(output) {
  if (output.type === "stream") return { name: output.name, output_type: "stream", text: lines(output.text) };
  const { mime, data } = output;
  const text = mime === TABLE ? tableText(data) : mime === "text/plain" ? data : "";
  const own =
    mime === TABLE ? { [TABLE]: JSON.parse(data) } : mime === "text/plain" ? {} : { [mime]: lines(data) };
  return {
    data: { ...own, ...(text ? { "text/plain": lines(text) } : {}) },
    metadata: {},
    output_type: "display_data",
  };
}

/** A table as text. @param {string} json */
export function tableText(json) {
  const { columns, cells, rows, shown } = JSON.parse(json);
  const heads = columns.map((/** @type {any} */ { name, unit }) => (unit ? `${name} [${unit}]` : name));
  const body = cells.map((/** @type {any[]} */ row) => row.map((value) => value ?? "--"));
  const widths = heads.map((/** @type {string} */ head, /** @type {number} */ i) =>
    Math.max(head.length, ...body.map((/** @type {string[]} */ row) => row[i].length)),
  );
  const line = (/** @type {string[]} */ row) => row.map((value, i) => value.padStart(widths[i])).join("  ");
  const gap = shown.findIndex((/** @type {number} */ at, /** @type {number} */ i) => at !== i);
  const all = body.map(line);
  if (gap > 0) all.splice(gap, 0, "…");
  return [line(heads), ...all, `${rows} rows`].join("\n");
}
