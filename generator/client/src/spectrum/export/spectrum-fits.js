/** A spectrum as FITS: its facts in the primary header, and a binary table for each part. */
import { asciiText } from "../../results/export/escape.js";
import { BLOCK, card, comment, header } from "../../results/export/cards.js";
import { fitsTail, plainForms, tableHead } from "../../results/export/fits.js";
import { flatFacts, partLabel, pixelColumns } from "./pixel-columns.js";
import { fitsUnit } from "./units.js";

/** Keywords that astronomers expect, for facts with other names. */
const KEYWORDS = /** @type {Record<string, string>} */ ({
  designation: "DESIG",
  date: "DATE-OBS",
  plan: "PLANID",
  spectrograph: "SPID",
  fibre: "FIBERID",
  file: "FILENAME",
  release: "DATA_V",
  simulated: "SIMULATE",
  exposures: "LMJMLIST",
});
/** Keywords that this writer sets itself, or that have another meaning in FITS. */
const TAKEN =
  /^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|TFIELDS|END|LONGSTRN|CONTINUE|COMMENT|HISTORY|HIERARCH|EXTNAME|RELEASE|SPECSET|DATE|CITE|BLANK|BSCALE|BZERO|CHECKSUM|DATASUM|T[A-Z]{3,4}\d+)$/;

/**
 * @param {import("./pixel-columns.js").Spectrum} spectrum
 * @param {import("./pixel-columns.js").About} about
 * @param {import("./pixel-columns.js").Part[]} [parts] those to write; all by default
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function spectrumFits(spectrum, about, parts = spectrum.parts) {
  const utf8 = new TextEncoder();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [utf8.encode(primary(spectrum, about))];
  const names = new Set();
  for (const part of parts) {
    const columns = pixelColumns(part, spectrum.set.about).map((column) => ({
      ...column,
      unit: fitsUnit(column.unit ?? ""),
    }));
    const shapes = plainForms(columns);
    const facts = [
      card("EXTNAME", extensionName(part, names)),
      ...(part.arm ? [card("ARM", part.arm)] : []),
      card("KIND", part.kind),
      ...(part.exposure ? [card("EXPOSURE", part.exposure)] : []),
      ...factCards(part.facts, new Set(["ARM", "KIND", "EXPOSURE"])),
    ];
    const body = pixels(columns, part.flux.length);
    pieces.push(
      utf8.encode(tableHead(columns, shapes, part.flux.length, facts)),
      body,
      fitsTail(body.length),
    );
  }
  return joined(pieces);
}

/**
 * The rows of a table, written column by column, without an object for each row.
 * @param {import("./pixel-columns.js").PixelColumn[]} columns @param {number} count
 */
function pixels(columns, count) {
  const size = columns.reduce((sum, { values }) => sum + values.BYTES_PER_ELEMENT, 0);
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  let start = 0;
  for (const { values } of columns) {
    let at = start;
    if (values instanceof Float32Array)
      for (const value of values) (view.setFloat32(at, value), (at += size));
    else if (values instanceof Float64Array)
      for (const value of values) (view.setFloat64(at, value), (at += size));
    else if (values instanceof Int32Array)
      for (const value of values) (view.setInt32(at, value), (at += size));
    else for (const value of values) (view.setBigInt64(at, value), (at += size));
    start += values.BYTES_PER_ELEMENT;
  }
  return bytes;
}

/** @param {import("./pixel-columns.js").Spectrum} spectrum @param {import("./pixel-columns.js").About} about */
function primary({ id, set, facts }, { release, cite, date }) {
  const key = keyword(set.about.id.name);
  return header([
    card("SIMPLE", true),
    card("BITPIX", 8),
    card("NAXIS", 0),
    card("EXTEND", true),
    card("LONGSTRN", "OGIP 1.0"),
    ...(release ? [card("RELEASE", release)] : []),
    card("SPECSET", set.name),
    ...(TAKEN.test(key) ? [comment(`${set.about.id.name}: ${id}`)] : [card(key, id)]),
    card("DATE", date.replace(/Z$/, "")),
    ...(cite ? [card("CITE", cite)] : []),
    ...factCards(facts, new Set([key])),
  ]);
}

/**
 * One card per fact, under a keyword of its own; facts without a free keyword become comments.
 * @param {Record<string, any>} facts @param {Set<string>} taken
 */
function factCards(facts, taken) {
  return flatFacts(facts).flatMap(([name, value]) => {
    if (typeof value === "number" && !Number.isFinite(value)) return [];
    const key = KEYWORDS[name] ?? keyword(name);
    if (TAKEN.test(key) || taken.has(key)) return [comment(`${name}: ${value}`)];
    taken.add(key);
    return [card(key, value)];
  });
}

/** `snr_g` becomes SNRG, as surveys write it. @param {string} name */
const keyword = (name) =>
  name
    .toUpperCase()
    .replace(/^SNR_/, "SNR")
    .replace(/[^A-Z0-9_-]/g, "_")
    .slice(0, 8);

/** @param {import("./pixel-columns.js").Part} part @param {Set<string>} names of the extensions before it */
function extensionName(part, names) {
  const own = asciiText(
    part.kind === "coadd" ? `COADD${part.arm ? `_${part.arm}` : ""}` : partLabel(part).replaceAll(" ", "-"),
  ).slice(0, 60);
  let name = own || "SPECTRUM";
  for (let n = 2; names.has(name); n++) name = `${own}_${n}`;
  names.add(name);
  return name;
}

/** @param {Uint8Array<ArrayBuffer>[]} pieces */
function joined(pieces) {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const out = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  if (size % BLOCK) throw new Error("The file is not whole blocks");
  return out;
}
