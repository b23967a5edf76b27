/** Save a result as a file, written in parts so that a million rows are never in one string. */
import { Binary2 } from "./votable-binary2.js";
import { csvHead, csvRows } from "./csv.js";
import { fitsHead, fitsRows, fitsTail, forms } from "./fits.js";
import { fileName } from "../format.js";
import { JSON_TAIL, jsonHead, jsonRows, wideColumns } from "./json.js";
import { votableHead, votableKinds, votableRows, votableSchema, votableTail } from "./votable.js";

/**
 * @typedef {import("./extract.js").Extract} Extract
 * @typedef {"csv" | "csv-safe" | "votable" | "votable-text" | "fits" | "parquet" | "json"} Format
 * @typedef {import("../../shared/page.js").About} About
 */

/** @type {Record<Format, {extension: string, type: string, write: (extract: Extract, about: About) => Promise<BlobPart[]>}>} */
const FORMATS = {
  csv: { extension: "csv", type: "text/csv;charset=utf-8", write: writeCsv },
  "csv-safe": {
    extension: "csv",
    type: "text/csv;charset=utf-8",
    write: (extract) => writeCsv(extract, undefined, true),
  },
  votable: { extension: "vot", type: "application/x-votable+xml", write: writeBinary },
  "votable-text": { extension: "vot", type: "application/x-votable+xml", write: writeTabledata },
  fits: { extension: "fits", type: "application/fits", write: writeFits },
  parquet: { extension: "parquet", type: "application/vnd.apache.parquet", write: writeParquet },
  json: { extension: "json", type: "application/json", write: writeJson },
};

/** Whether a text is the name of a format. @param {string | undefined} text @returns {text is Format} */
export const isFormat = (text) => Object.hasOwn(FORMATS, text ?? "");

/**
 * @param {Extract} extract @param {Format} format @param {Omit<About, "date">} about
 * @param {string} rows their description in the file's name: `433rows`
 * @returns {Promise<{blob: Blob, name: string}>}
 */
export async function makeFile(extract, format, about, rows) {
  const { extension, type, write } = FORMATS[format];
  const date = `${new Date().toISOString().slice(0, 19)}Z`;
  const parts = await write(extract, { ...about, date });
  const stem = [about.release.replaceAll("/", "_"), about.catalogue, rows];
  return { blob: new Blob(parts, { type }), name: fileName(stem, extension) };
}

/**
 * Each part becomes a Blob at once: browsers keep those out of the page's memory.
 * @param {Extract} extract @param {string} head @param {(rows: unknown[][], first: boolean) => BlobPart} write
 * @param {() => BlobPart[]} tail
 */
async function written(extract, head, write, tail = () => []) {
  /** @type {BlobPart[]} */
  const parts = [head];
  for await (const rows of extract.rows()) parts.push(new Blob([write(rows, parts.length === 1)]));
  return [...parts, ...tail()];
}

/** @param {import("./votable.js").Field[]} fields */
const typesOf = (fields) => fields.map((field) => field.type);

/** @param {Extract} extract @param {unknown} [_] @param {boolean} [safe] for spreadsheets */
function writeCsv(extract, _, safe = false) {
  const types = typesOf(extract.fields);
  const names = extract.fields.map((field) => field.name);
  return written(extract, csvHead(names, safe), (rows) => csvRows(rows, types, safe));
}

/** @param {Extract} extract @param {About} about */
async function writeBinary(extract, about) {
  const { fields } = extract;
  const kinds = votableKinds(fields, await extract.lengths());
  const binary = new Binary2(typesOf(fields), kinds);
  return written(
    extract,
    votableHead(fields, about, kinds, "BINARY2"),
    (rows) => binary.rows(rows),
    () => [binary.end(), votableTail("BINARY2")],
  );
}

/** @param {Extract} extract @param {About} about */
async function writeTabledata(extract, about) {
  const { fields } = extract;
  const types = typesOf(fields);
  const kinds = votableKinds(fields, await extract.lengths());
  return written(
    extract,
    votableHead(fields, about, kinds, "TABLEDATA"),
    (rows) => votableRows(rows, types, kinds),
    () => [votableTail("TABLEDATA")],
  );
}

/** @param {Extract} extract @param {About} about */
async function writeFits(extract, about) {
  const { fields } = extract;
  const shapes = await forms(fields, (names) => extract.rows(names));
  let bytes = 0;
  return written(
    extract,
    fitsHead(fields, shapes, extract.count, about),
    (rows) => {
      const part = fitsRows(rows, fields, shapes);
      bytes += part.length;
      return part;
    },
    () => [fitsTail(bytes)],
  );
}

/** @param {Extract} extract @param {About} about */
async function writeJson(extract, about) {
  const { fields } = extract;
  const wide = await wideColumns(fields, (names) => extract.rows(names));
  return written(
    extract,
    jsonHead(fields, wide, extract.count, about),
    (rows, first) => jsonRows(rows, fields, wide, first),
    () => [JSON_TAIL],
  );
}

/** Units, UCDs and descriptions go into the footer, as the IVOA's note on VOParquet describes. @param {Extract} extract @param {About} about */
async function writeParquet(extract, about) {
  const metadata = {
    "IVOA.VOTable-Parquet.version": "1.0",
    "IVOA.VOTable-Parquet.content": votableSchema(extract.fields, about, await extract.lengths()),
    ...about,
  };
  return [await extract.parquet(metadata)];
}
