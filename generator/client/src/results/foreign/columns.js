/**
 * The columns of Parquet files from elsewhere: names and types of their schema, with what a description beside them says.
 *
 * @typedef {import("../../search/columns.js").Column} Described
 */
import { parquetMetadata } from "hyparquet";
import { Refused } from "../../search/grammar.js";
import { columnRole, unitOf } from "../../search/targets/column-roles.js";
import { t } from "../../shared/strings.js";

/** @type {Record<string, string>} */
const TYPES = {
  BOOLEAN: "boolean",
  INT32: "int",
  INT64: "long",
  FLOAT: "float",
  DOUBLE: "double",
  BYTE_ARRAY: "string",
};
const NUMBERS = ["int", "long", "float", "double"];
/** Columns that place rows in HATS files. */
const PLACES = /^(?:_healpix_\d+|_hipscat_index|Norder|Dir|Npix)$/;

/**
 * Columns with a single value in each row.
 * @param {Uint8Array} footer @param {Described[]} described
 * @returns {Described[]}
 */
export function columnsIn(footer, described) {
  const { schema } = parquetMetadata(footer, { geoparquet: false });
  const known = new Map(described.map((column) => [column.name, column]));
  const found = [];
  // Depth-first: children of a column with several values follow it.
  for (let i = 1; i < schema.length;) {
    const { name, type, num_children: children, repetition_type: many } = schema[i];
    const flat = !children && many !== "REPEATED";
    i = after(schema, i);
    if (!flat || PLACES.test(name)) continue;
    const { datatype, unit = null, ucd = null, description = null, missing = null } = known.get(name) ?? {};
    found.push({
      name,
      datatype: datatype || (TYPES[type ?? ""] ?? "text"),
      unit,
      ucd,
      description,
      missing,
    });
  }
  return found;
}

/** @param {import("hyparquet").SchemaElement[]} schema @param {number} at @returns {number} index of the next element that is not inside this one */
function after(schema, at) {
  const { num_children: children = 0 } = schema[at];
  let next = at + 1;
  for (let i = 0; i < children; i++) next = after(schema, next);
  return next;
}

/**
 * @param {Described[]} columns @param {import("./layout.js").Properties} properties
 * @returns {{ position: { ra: string, dec: string }, id: string | null }} throws Refused
 */
export function positionIn(columns, properties) {
  const find = (/** @type {"ra" | "dec"} */ role) =>
    columns.find(({ name }) => name === properties.get(`hats_col_${role}`)) ??
    columns.find(
      (column) => columnRole({ ...column, ucd: column.ucd ?? "", unit: column.unit ?? "" }) === role,
    );
  const [ra, dec] = [find("ra"), find("dec")];
  if (!ra || !dec) throw new Refused(t("It has no columns of right ascension and declination."));
  for (const { name, datatype, unit } of [ra, dec])
    if (!NUMBERS.includes(datatype) || !["", "deg"].includes(unitOf({ name, unit: unit ?? "" })))
      throw new Refused(t("Its positions must be numbers in degrees; {name} has others.", { name }));
  const id = columns.find(
    ({ name, ucd }) =>
      /^meta\.id(?:;meta\.main)?$/.test(ucd ?? "") || /^(?:obs_?id|source_?id|id|objid)$/i.test(name),
  );
  return { position: { ra: ra.name, dec: dec.name }, id: id?.name ?? null };
}

/**
 * What `catalogue.json` of a portal says about its columns; anything else in it is ignored, as it comes from elsewhere.
 * @param {unknown} about @returns {Described[]}
 */
export function describedIn(about) {
  const { columns } = /** @type {any} */ (about ?? {});
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value.slice(0, 1000) : null);
  return (Array.isArray(columns) ? columns : []).flatMap((column) => {
    const name = text(column?.name);
    if (name === null) return [];
    const missing = (Array.isArray(column.missing) ? column.missing : []).filter(
      (/** @type {unknown} */ value) => typeof value === "string" || Number.isFinite(value),
    );
    return [
      {
        name,
        datatype: text(column.datatype) ?? "",
        unit: text(column.unit),
        ucd: text(column.ucd),
        description: text(column.description),
        missing,
      },
    ];
  });
}
