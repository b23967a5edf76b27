/**
 * Lists of targets as text: comma, tab, semicolon, bar or spaces between the values, with or without a line of names,
 * comments after #, quotation marks around values with a separator or a line end. Read in pieces.
 */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { nameRole } from "./column-roles.js";
import { IpacReader, isIpac } from "./ipac-list.js";
import { Breath, TableBuilder, apart } from "./target-table.js";

/** @typedef {{cells: string[], line: number}} Row */

const PIECE = 1 << 20;
/** Number of bytes from which the kind of text is determined. */
const HEAD = 1 << 16;
const SAMPLE = 50;
const SEPARATORS = [",", "\t", ";", "|"];
const SPACES = " ";
const WHOLE = "\n";
/** A quoted value with more lines or characters than this counts as never closed. */
const MOST_LINES = 20;
const MOST_TEXT = 8192;
const MOST_UNCLOSED = 100;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const PLACE = /^[+-]?\d{1,3}[h:d°\s]\s*\d{1,2}[m:'′\s]/i;

/**
 * @param {Blob} blob @param {{signal?: AbortSignal, onProgress?: (read: number, all: number) => void}} [options]
 * @returns {Promise<import("./target-table.js").TargetTable>} throws Refused when it is no list at all
 */
export async function readText(blob, { signal, onProgress } = {}) {
  const breath = new Breath(signal);
  const start = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const code =
    start[0] === 0xff && start[1] === 0xfe
      ? "utf-16le"
      : start[0] === 0xfe && start[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  const decoder = new TextDecoder(code);
  const head = new TextDecoder(code).decode(await blob.slice(0, HEAD).arrayBuffer());
  const reader = isIpac(
    head.slice(0, Math.max(head.lastIndexOf("\n"), head.lastIndexOf("\r")) + 1 || undefined),
  )
    ? new IpacReader()
    : new TextReader();
  let rest = "";
  let steps = 0;
  for (let at = 0; at < blob.size; at += PIECE) {
    const last = at + PIECE >= blob.size;
    const bytes = await blob.slice(at, at + PIECE).arrayBuffer();
    const text = rest + decoder.decode(bytes, { stream: !last });
    // a carriage return at the end may be half of a line end
    const whole = last
      ? text.length
      : Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r", text.length - 2)) + 1;
    rest = text.slice(whole);
    if (rest.length > 4 * PIECE) throw notAList();
    const lines = text.slice(0, whole).split(/\r\n|\n|\r/);
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) {
      if (breath.due(steps++ << 4)) {
        onProgress?.(at, blob.size);
        await breath.take();
      }
      reader.line(line);
    }
  }
  return reader.finish();
}

/** A name of an object with nothing after it: HD 48915, 47 Tuc, Barnard's Star. */
const NAME = /^(?:\d{1,3}\s+)?[\p{L}*][\p{L}.'’*-]*(?:\s+\d+|\d+)?(?:\s+\p{L}[\p{L}.'’-]*)*$/u;

/** Whether most lines are names of objects, which may have spaces in them. @param {string[]} lines */
const mostAreNames = (lines) => lines.filter((line) => NAME.test(line.trim())).length > lines.length / 2;

const notAList = () => new Refused(t("This is neither a table nor a list that can be read."));

class TextReader {
  #number = 0;
  #comment = "";
  /** @type {{text: string, line: number}[]} lines kept until there are enough to determine the separator */
  #sample = [];
  /** @type {Row[]} rows kept until the header is known */
  #first = [];
  #separator = "";
  /** @type {TableBuilder | null} */
  #table = null;
  /** @type {{text: string, line: number}[]} lines of a value whose quotation mark is not closed yet */
  #open = [];
  #unclosed = 0;
  /** @type {Row[]} */
  #broken = [];
  /** Whether positions are written as six values with spaces between them. */
  #spaced = false;

  /** @param {string} text */
  line(text) {
    this.#number++;
    if (!this.#open.length) {
      if (text.startsWith("#")) {
        if (!this.#separator) this.#comment = text;
        return;
      }
      if (text.trim() === "") return;
    }
    if (this.#separator) return this.#record(text, this.#number);
    if (!this.#sample.length && text.includes("\0")) throw notAList();
    this.#sample.push({ text, line: this.#number });
    if (this.#sample.length === SAMPLE) this.#begin();
  }

  #begin() {
    const lines = this.#sample;
    this.#separator = findSeparator(lines.map(({ text }) => text));
    // one name alone: a list of values, which may have spaces in them
    const name = lines[0]?.text.trim() ?? "";
    const single = (!/\s/.test(name) && nameRole(name)) || mostAreNames(lines.map(({ text }) => text));
    if (this.#separator === SPACES && single) this.#separator = WHOLE;
    this.#sample = [];
    for (const { text, line } of lines) this.#record(text, line);
  }

  /** @param {string} text @param {number} line */
  #record(text, line) {
    if (text.includes("\0")) return this.#complain(line, t("It contains characters that are not text."));
    const open = this.#open;
    open.push({ text, line });
    const all = open.length === 1 ? text : open.map((part) => part.text).join("\n");
    const cells = split(all, this.#separator);
    if (cells) {
      const at = open[0].line;
      this.#open = [];
      return this.#row({ cells, line: at });
    }
    if (open.length < MOST_LINES && all.length < MOST_TEXT && this.#unclosed < MOST_UNCLOSED) return;
    this.#giveUp();
  }

  /** The quotation mark of the first open line is never closed: only that line is lost. */
  #giveUp() {
    const [first, ...others] = this.#open;
    this.#open = [];
    this.#unclosed++;
    this.#complain(first.line, t("A quotation mark is not closed."));
    for (const { text, line } of others) {
      if (text.trim() && !text.startsWith("#")) this.#record(text, line);
    }
  }

  /** @param {number} line @param {string} message */
  #complain(line, message) {
    if (this.#table) this.#table.problems.add(line, message);
    else this.#broken.push({ cells: [message], line });
  }

  /** @param {Row} row */
  #row(row) {
    if (this.#table) return this.#add(this.#table, row);
    this.#first.push(row);
    if (this.#first.length >= SAMPLE) this.#head();
  }

  /** @param {TableBuilder} table @param {Row} row */
  #add(table, { cells, line }) {
    if (this.#spaced) {
      if (!isSpaced(cells)) return table.problems.add(line, t("This is not a position."));
      cells = joinSpaced(cells);
    }
    const wanted = table.heads.length;
    while (cells.length > wanted && cells.at(-1) === "") cells.pop();
    // the last values may be left out only where the list does not name its columns
    if (cells.length > wanted || (table.named && cells.length < wanted))
      table.problems.add(
        line,
        t("The number of values, {n}, differs from the number of columns, {all}.", {
          n: cells.length,
          all: wanted,
        }),
      );
    else table.add(cells, line);
  }

  /** Determine the columns from the first rows. */
  #head() {
    let rows = this.#first;
    this.#first = [];
    /** @type {import("./target-table.js").Head[] | null} */
    let heads = null;
    const ruled = rows.slice(0, 3).findIndex(({ cells }) => cells.every((cell) => /^-+$/.test(cell)));
    const [first, second] = rows;
    if (ruled > 0) {
      heads = first.cells.map((name, i) => ({ name, unit: ruled === 2 ? rows[1].cells[i] : "" }));
      rows = rows.slice(ruled + 1);
    } else if (first && isHead(first.cells, second?.cells)) {
      heads = first.cells.map((name) => ({ name }));
      rows = rows.slice(1);
    } else if (first) {
      const names = split(this.#comment.replace(/^#+/, "").trim(), this.#separator) ?? [];
      const fits = names.length === first.cells.length && names.some((name) => nameRole(name));
      if (fits && !names.some(isValue)) heads = names.map((name) => ({ name }));
    }
    const named = heads !== null;
    this.#spaced = !named && this.#separator === SPACES && rows.every(({ cells }) => isSpaced(cells));
    const width = Math.max(0, ...rows.map(({ cells }) => cells.length)) - (this.#spaced ? 4 : 0);
    heads ??= Array.from({ length: width }, (_, i) => ({ name: t("column {n}", { n: String(i + 1) }) }));
    const table = (this.#table = new TableBuilder(FORMATS[this.#separator], apart(heads), named));
    for (const { cells, line } of this.#broken) table.problems.add(line, cells[0]);
    for (const row of rows) this.#add(table, row);
  }

  /** @returns {Promise<import("./target-table.js").TargetTable>} */
  async finish() {
    if (!this.#separator) this.#begin();
    while (this.#open.length) this.#giveUp();
    if (!this.#table) this.#head();
    return /** @type {TableBuilder} */ (this.#table).finish();
  }
}

/** @type {Record<string, string>} */
const FORMATS = {
  ",": "CSV",
  "\t": "TSV",
  ";": "CSV (;)",
  "|": "CSV (|)",
  [SPACES]: "ASCII",
  [WHOLE]: "ASCII",
};

/** @param {string[]} lines */
function findSeparator(lines) {
  let [best, most] = [SPACES, lines.length / 2];
  for (const separator of SEPARATORS) {
    /** @type {Map<number, number>} */
    const widths = new Map();
    for (const line of lines) {
      const width = line.replace(/"(?:[^"]|"")*"/g, "").split(separator).length;
      if (width > 1) widths.set(width, (widths.get(width) ?? 0) + 1);
    }
    // lines of two and of three values belong to one list
    const agree = Math.max(0, ...widths.values(), (widths.get(2) ?? 0) + (widths.get(3) ?? 0));
    if (agree > most || (agree === most && best === SPACES && agree > 0)) [best, most] = [separator, agree];
  }
  return best;
}

/**
 * @param {string} text @param {string} separator
 * @returns {string[] | null} null where a quotation mark is not closed
 */
export function split(text, separator) {
  if (!text.includes('"'))
    return separator === SPACES ? text.trim().split(/\s+/) : text.split(separator).map((cell) => cell.trim());
  /** @type {string[]} */
  const cells = [];
  let at = 0;
  const skip = () => {
    while (at < text.length && text[at] !== separator && /\s/.test(text[at])) at++;
  };
  for (;;) {
    skip();
    if (separator === SPACES) {
      while (text[at] === SPACES) at++;
      if (at >= text.length) return cells;
    }
    if (text[at] === '"') {
      let end = at + 1;
      for (;;) {
        end = text.indexOf('"', end);
        if (end < 0) return null;
        if (text[end + 1] !== '"') break;
        end += 2;
      }
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      skip();
      if (at < text.length && text[at] !== separator) {
        // text after a closed quotation mark belongs to the value, but not the quotation mark of another line
        if (cells[cells.length - 1].includes("\n")) return null;
        const next = text.indexOf(separator, at);
        const stop = next < 0 ? text.length : next;
        cells[cells.length - 1] += text.slice(at, stop).trimEnd();
        at = stop;
      }
    } else {
      const next = separator === SPACES ? at + text.slice(at).search(/\s|$/) : text.indexOf(separator, at);
      const stop = next < 0 ? text.length : next;
      cells.push(text.slice(at, stop).trim());
      at = stop;
    }
    if (at >= text.length) return cells;
    at++;
    if (separator !== SPACES && at >= text.length) return [...cells, ""];
  }
}

/** @param {string} cell */
const isValue = (cell) => NUMBER.test(cell) || PLACE.test(cell);

/**
 * Whether a line names the columns: it has no values, and a known name, or the next line has a value.
 * @param {string[]} cells @param {string[]} [next]
 */
function isHead(cells, next) {
  if (cells.some(isValue) || cells.every((cell) => cell === "")) return false;
  return (
    cells.some((cell) => nameRole(cell)) || (next?.some((cell, i) => isValue(cell) && cells[i]) ?? false)
  );
}

/** Whether six or seven values are a position written with spaces. @param {string[]} cells */
function isSpaced(cells) {
  if (cells.length < 6 || cells.length > 7) return false;
  const [h, m, s, d, arcmin, arcsec] = cells;
  const small = (/** @type {string} */ text, /** @type {number} */ most) =>
    /^\d{1,2}$/.test(text) && Number(text) < most;
  return (
    small(h, 24) &&
    small(m, 60) &&
    /^\d{1,2}(\.\d*)?$/.test(s) &&
    /^[+-]?\d{1,2}$/.test(d) &&
    small(arcmin, 60) &&
    /^\d{1,2}(\.\d*)?$/.test(arcsec)
  );
}

/** @param {string[]} cells */
const joinSpaced = (cells) => [cells.slice(0, 3).join(" "), cells.slice(3, 6).join(" "), ...cells.slice(6)];
