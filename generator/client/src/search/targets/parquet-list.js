/** Lists of targets from Parquet: columns of single numbers, booleans and texts, a row group at a time. */
import { gunzipSync } from "fflate";
import { parquetMetadataAsync, parquetRead } from "hyparquet";
import { compressors, parsers } from "../../reading/hyparquet.js";
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { Breath, MOST_ROWS, TableBuilder, apart } from "./target-table.js";
import { readFields } from "./votable-list.js";

const STEP = 100_000;
/** Metadata key of VOParquet for units and UCDs: the head of a VOTable. */
const VOTABLE = "IVOA.VOTable-Parquet.content";

/**
 * @param {Blob} blob @param {{signal?: AbortSignal, onProgress?: (read: number, all: number) => void}} [options]
 * @returns {Promise<import("./target-table.js").TargetTable>} throws Refused
 */
export async function readParquet(blob, { signal, onProgress } = {}) {
  const file = {
    byteLength: blob.size,
    slice: (/** @type {number} */ from, /** @type {number} */ to = blob.size) =>
      blob.slice(from, to).arrayBuffer(),
  };
  try {
    const metadata = await parquetMetadataAsync(file, { parsers });
    const rows = Number(metadata.num_rows);
    if (rows > MOST_ROWS)
      throw new Refused(t("The list is too long: at most {n} targets.", { n: MOST_ROWS }));
    const names = flat(metadata.schema);
    if (!names.length) throw new Refused(t("This Parquet file has no column of numbers or texts."));
    const content = metadata.key_value_metadata?.find(({ key }) => key === VOTABLE)?.value;
    const fields = content ? readFields(content) : [];
    const heads = names.map((name) => {
      const { unit = "", ucd = "" } = fields.find((field) => field.name === name) ?? {};
      return { name, unit, ucd };
    });
    const table = new TableBuilder("Parquet", apart(heads), true);
    const breath = new Breath(signal);
    let first = 0;
    for (const { num_rows } of metadata.row_groups) {
      const end = first + Number(num_rows);
      for (let rowStart = first; rowStart < end; rowStart += STEP) {
        const rowEnd = Math.min(end, rowStart + STEP);
        onProgress?.(rowStart, rows);
        await breath.take();
        await parquetRead({
          file,
          metadata,
          columns: names,
          rowStart,
          rowEnd,
          rowFormat: "object",
          parsers,
          compressors: { ...compressors, GZIP: (bytes) => gunzipSync(bytes) },
          onComplete: (found) => {
            for (const [i, row] of found.entries())
              table.add(
                names.map((name) => text(row[name])),
                rowStart + i + 1,
              );
          },
        });
      }
      first = end;
    }
    return await table.finish();
  } catch (error) {
    if (error instanceof Refused || signal?.aborted) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new Refused(
      t("This Parquet file cannot be read ({message}). Save it with ZSTD or Snappy, or as CSV.", { message }),
    );
  }
}

/** Columns with one value per row, without computed columns of sky positions. @param {import("hyparquet").SchemaElement[]} schema */
function flat(schema) {
  const names = [];
  for (let i = 1; i < schema.length; i++) {
    const { name, num_children: children = 0, repetition_type } = schema[i];
    if (children) i += inside(schema, i);
    else if (repetition_type !== "REPEATED" && !name.startsWith("_healpix")) names.push(name);
  }
  return names;
}

/** Number of elements below one. @param {import("hyparquet").SchemaElement[]} schema @param {number} at @returns {number} */
function inside(schema, at) {
  let count = 0;
  for (let k = 0; k < (schema[at].num_children ?? 0); k++) count += 1 + inside(schema, at + count + 1);
  return count;
}

/** @param {unknown} value */
function text(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? "" : String(value);
}
