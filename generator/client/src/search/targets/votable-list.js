/** Lists of targets from VOTables, read in pieces: the first table with data, as TABLEDATA, BINARY or BINARY2. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { BinaryRows } from "./votable-binary-list.js";
import { Breath, TableBuilder, apart } from "./target-table.js";

const PIECE = 1 << 20;
const MOST_HEAD = 16 << 20;
const DATA = /<(?:\w+:)?(TABLEDATA|BINARY2?|FITS)\b[^>]*?(\/?)>/;
const STREAM = /<(?:\w+:)?STREAM\b([^>]*?)(\/?)>/;
const END = /<\/(?:\w+:)?TABLEDATA\s*>/;
const ROW = /<(?:\w+:)?TR\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?TR\s*>)/g;
const CELL = /<(?:\w+:)?TD\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?TD\s*>)/g;
const FIELD = /<(?:\w+:)?FIELD\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?FIELD\s*>)/g;

/**
 * @param {Blob} blob @param {{signal?: AbortSignal, onProgress?: (read: number, all: number) => void}} [options]
 * @returns {Promise<import("./target-table.js").TargetTable>} throws Refused
 */
export async function readVotable(blob, { signal, onProgress } = {}) {
  const breath = new Breath(signal);
  const decoder = new TextDecoder();
  /** @type {TableBuilder | null} */
  let table = null;
  /** @type {(string | undefined)[]} */
  let missing = [];
  let text = "";
  let number = 0;
  for (let at = 0; at < blob.size; at += PIECE) {
    text += decoder.decode(await blob.slice(at, at + PIECE).arrayBuffer(), {
      stream: at + PIECE < blob.size,
    });
    onProgress?.(at, blob.size);
    if (!table) {
      const data = DATA.exec(text);
      if (!data) {
        if (text.length > MOST_HEAD) break;
        continue;
      }
      if (data[1] === "FITS")
        throw new Refused(
          t("This VOTable has its data as FITS; save it as BINARY2, TABLEDATA, FITS or CSV."),
        );
      const head = withoutComments(text.slice(0, data.index));
      const start = [...head.matchAll(/<(?:\w+:)?TABLE\b/g)].at(-1)?.index ?? 0;
      const fields = [...head.slice(start).matchAll(FIELD)].map(field);
      if (data[1] !== "TABLEDATA") {
        const rest = text.slice(data.index + data[0].length);
        const from = { blob, at: at + PIECE, rest, decoder };
        return readBinary(data[2] ? { ...from, rest: "<STREAM></STREAM>" } : from, fields, data[1], {
          breath,
          onProgress,
        });
      }
      table = new TableBuilder("VOTable", apart(fields), true);
      missing = fields.map((one) => one.missing);
      text = data[2] ? "</TABLEDATA>" : text.slice(data.index + data[0].length);
    }
    const end = END.exec(text);
    const rows = end ? text.slice(0, end.index) : text;
    const { read, count } = await readRows(rows, table, missing, number, breath);
    number = count;
    if (end) return table.finish();
    // comments have been removed from what was read, so its end is searched for in the text itself
    const last = Math.max(
      ...[...rows.matchAll(/<\/(?:\w+:)?TR\s*>/g)].map((tag) => tag.index + tag[0].length),
      0,
    );
    if (read && last) text = text.slice(last);
  }
  if (table) return table.finish();
  throw new Refused(t("There is no table of data in this VOTable."));
}

/**
 * The rows of a piece of TABLEDATA.
 * @param {string} text @param {TableBuilder} table @param {(string | undefined)[]} missing texts without a value, by column
 * @param {number} number of rows before these @param {Breath} breath
 * @returns {Promise<{read: number, count: number}>} read: end of the last row; count: of rows so far
 */
async function readRows(text, table, missing, number, breath) {
  let read = 0;
  for (const match of withoutComments(text).matchAll(ROW)) {
    if (breath.due(number++ << 6)) await breath.take();
    const cells = [...(match[1] ?? "").matchAll(CELL)].map(([, cell = ""]) => plain(cell));
    if (cells.length === table.heads.length)
      table.add(
        cells.map((cell, i) => (cell === missing[i] ? "" : cell)),
        number,
      );
    else
      table.problems.add(
        number,
        t("The number of values, {n}, differs from the number of columns, {all}.", {
          n: cells.length,
          all: table.heads.length,
        }),
      );
    read = match.index + match[0].length;
  }
  return { read, count: number };
}

/**
 * @param {{blob: Blob, at: number, rest: string, decoder: TextDecoder}} from start of the data
 * @param {ReturnType<typeof field>[]} fields @param {string} kind BINARY or BINARY2
 * @param {{breath: Breath, onProgress?: (read: number, all: number) => void}} options
 */
async function readBinary({ blob, at, rest, decoder }, fields, kind, { breath, onProgress }) {
  const rows = new BinaryRows(fields, kind === "BINARY2");
  const table = new TableBuilder(`VOTable (${kind})`, apart(fields.filter((_, i) => rows.read[i])), true);
  let text = rest;
  let begun = false;
  for (; ; at += PIECE) {
    if (!begun) {
      const stream = STREAM.exec(text);
      if (stream) {
        const encoding = attribute(stream[1], "encoding");
        if (attribute(stream[1], "href") || (encoding && encoding !== "base64"))
          throw new Refused(
            t("The data of this VOTable are not in the file itself; save it as TABLEDATA, FITS or CSV."),
          );
        begun = true;
        text = stream[2] ? "</STREAM>" : text.slice(stream.index + stream[0].length);
      }
    }
    if (begun) {
      const end = text.indexOf("<");
      for (const { cells, number } of rows.add(end < 0 ? text : text.slice(0, end))) {
        if (breath.due(number << 6)) await breath.take();
        table.add(cells, number);
      }
      if (end >= 0) {
        if (!rows.complete) throw new Refused(t("The data of this VOTable are damaged."));
        return table.finish();
      }
      text = "";
    }
    if (at >= blob.size) throw new Refused(t("The data of this VOTable are damaged."));
    onProgress?.(at, blob.size);
    text += decoder.decode(await blob.slice(at, at + PIECE).arrayBuffer(), {
      stream: at + PIECE < blob.size,
    });
  }
}

/** @param {string} text */
const withoutComments = (text) => (text.includes("<!--") ? text.replace(/<!--[\s\S]*?-->/g, "") : text);

/** @param {string} text @param {string} name */
function attribute(text, name) {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text);
  return found ? plain(found[1] ?? found[2]) : undefined;
}

/** @param {RegExpMatchArray} match */
function field([, attributes, inside = ""]) {
  const read = attribute;
  const values = /<(?:\w+:)?VALUES\b([^>]*)>/.exec(inside);
  return {
    name: read(attributes, "name") ?? read(attributes, "ID") ?? "",
    unit: read(attributes, "unit") ?? "",
    ucd: read(attributes, "ucd") ?? "",
    datatype: read(attributes, "datatype") ?? "",
    arraysize: read(attributes, "arraysize") ?? "",
    missing: values ? read(values[1], "null") : undefined,
  };
}

/** The columns that the head of a VOTable describes. @param {string} text */
export const readFields = (text) => [...withoutComments(text).matchAll(FIELD)].map(field);

const ENTITIES = /** @type {Record<string, string>} */ ({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" });

/** Text of XML content. @param {string} xml */
function plain(xml) {
  if (!/[&<]/.test(xml)) return xml.trim();
  return xml
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part) =>
      part.startsWith("<![CDATA[")
        ? part.slice(9, -3)
        : part
            .replace(/<[^>]*>/g, "")
            .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, number, hex, name) => {
              if (name) return ENTITIES[name] ?? whole;
              const code = number ? Number(number) : parseInt(hex, 16);
              return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
            }),
    )
    .join("")
    .trim();
}
