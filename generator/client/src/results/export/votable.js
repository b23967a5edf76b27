/**
 * VOTable 1.4: saved tables open in TOPCAT and astropy with units, UCDs and descriptions. The data are BINARY2,
 * or TABLEDATA where people should be able to read them.
 *
 * @typedef {{name: string, type: string, unit?: string | null, ucd?: string | null, description?: string | null, missing?: (number | string)[] | null, bits?: [number, string, string][] | null, digits?: number, own?: string}} Field
 *   own: SQL of the values for which the column has text; digits: number shown after the point where there is little room; saved values have all
 * @typedef {import("./extract.js").Length} Length
 */
import { format } from "../../shared/value-text.js";

/** @type {[RegExp, string][]} */
const DATATYPES = [
  [/^bool(ean)?$/i, "boolean"],
  [/^(tinyint|int8|smallint|int16|utinyint|uint8)$/i, "short"],
  [/^(integer|int|int32|usmallint|uint16)$/i, "int"],
  [/^(bigint|int64|uinteger|uint32)$/i, "long"],
  [/^(float|float32|real)$/i, "float"],
  // a double keeps fifteen digits exactly
  [/^(double|float64|decimal\((\d|1[0-5]),\d+\))$/i, "double"],
];
const WHOLE = ["short", "int", "long"];

/** @param {string} type the engine's name @returns {string} */
export function votableType(type) {
  return DATATYPES.find(([pattern]) => pattern.test(type))?.[1] ?? "unicodeChar";
}

/**
 * VOTable's datatypes of a result. Texts that are ASCII throughout take half the space.
 * @param {Field[]} fields @param {Map<string, Length>} lengths of texts, by column
 */
export function votableKinds(fields, lengths) {
  return fields.map(({ name, type }) => {
    const plain =
      lengths.get(name)?.ascii ||
      /^(date|time|timestamp|uuid|interval|u?hugeint|ubigint|decimal|blob)/i.test(type);
    const kind = votableType(type);
    return kind === "unicodeChar" && plain ? "char" : kind;
  });
}

/** Text for XML: characters that XML 1.0 does not allow, such as NUL, are dropped. @param {string} text */
export function xmlText(text) {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
      .replace(
        /[&<>"'\r]/g,
        (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" })[c] ?? "&#13;",
      )
  );
}

/** Attributes keep their line breaks only as character references. @param {string} text */
const xmlAttribute = (text) => xmlText(text).replace(/[\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * @param {Field[]} fields
 * @param {import("./download.js").About} about
 * @param {string[]} kinds
 * @param {Map<string, Length>} [lengths] where the size of texts must be known
 */
function opening(fields, about, kinds, lengths) {
  const sky = fields.some(isPosition);
  const described = fields.map((field, i) => {
    const kind = kinds[i];
    const text = kind === "char" || kind === "unicodeChar";
    const length = lengths?.get(field.name);
    const attributes = Object.entries({
      name: field.name,
      datatype: kind,
      arraysize: text ? (length ? Math.max(1, length.longest) : "*") : null,
      // the IVOA's timestamps have no time zone
      xtype: /^(date|timestamp(_s|_ms|_ns)?)$/i.test(field.type) ? "timestamp" : null,
      unit: field.unit,
      ucd: field.ucd,
      ref: isPosition(field) ? "ICRS" : null,
    })
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => `${name}="${xmlAttribute(String(value))}"`)
      .join(" ");
    const description = field.description ? `<DESCRIPTION>${xmlText(field.description)}</DESCRIPTION>` : "";
    const [missing] = field.missing ?? [];
    const whole = WHOLE.includes(kind) && /^-?\d+$/.test(String(missing));
    const values = whole ? `<VALUES null="${missing}"/>` : "";
    return `<FIELD ${attributes}>${description}${values}</FIELD>`;
  });
  const { catalogue, ...said } = about;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
    '<RESOURCE type="results">',
    `<INFO name="QUERY_STATUS" value="OK"/>`,
    ...Object.entries(said)
      .filter(([, value]) => value)
      .map(([name, value]) => `<INFO name="${name}" value="${xmlAttribute(value)}"/>`),
    ...(sky ? ['<COOSYS ID="ICRS" system="ICRS"/>'] : []),
    `<TABLE name="${xmlAttribute(catalogue)}">`,
    ...described,
  ].join("\n");
}

/** Positions of catalogues are in ICRS. @param {Field} field */
const isPosition = ({ ucd, type }) =>
  /^pos\.eq\.(ra|dec)\b/.test(ucd ?? "") && votableType(type) !== "unicodeChar";

/** @param {Field[]} fields @param {import("./download.js").About} about @param {string[]} kinds @param {"TABLEDATA" | "BINARY2"} data */
export function votableHead(fields, about, kinds, data) {
  return `${opening(fields, about, kinds)}\n<DATA><${data}>${data === "BINARY2" ? '<STREAM encoding="base64">' : ""}\n`;
}

/** @param {"TABLEDATA" | "BINARY2"} data */
export function votableTail(data) {
  return `${data === "BINARY2" ? "</STREAM>" : ""}</${data}></DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n`;
}

/**
 * A VOTable without data, for the Parquet file with them. astropy needs texts of a known length there.
 * @param {Field[]} fields @param {import("./download.js").About} about @param {Map<string, Length>} lengths
 */
export function votableSchema(fields, about, lengths) {
  const kinds = fields.map(({ name, type }) => (lengths.get(name)?.ascii ? "char" : votableType(type)));
  return `${opening(fields, about, kinds, lengths)}\n<PARQUET type="Parquet-local-XML"/>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n`;
}

/** Rows as TABLEDATA. @param {unknown[][]} rows @param {string[]} types @param {string[]} kinds */
export function votableRows(rows, types, kinds) {
  return rows
    .map(
      (row) => `<TR>${row.map((value, i) => `<TD>${cell(value, types[i], kinds[i])}</TD>`).join("")}</TR>\n`,
    )
    .join("");
}

/** @param {unknown} value @param {string} type @param {string} kind */
function cell(value, type, kind) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
  const text = format(value, type);
  return /char$/i.test(kind) ? xmlText(text) : text;
}
