/** The catalogue of a match that is not of a release, in recipes: a file, a folder, or an address. */
import { quoteName, quoteText } from "../../search/literals.js";
import { literal } from "./python-text.js";
import { oneLine } from "./question.js";

/**
 * @typedef {import("./question.js").Elsewhere} Elsewhere
 * @typedef {import("./question.js").Question} Question
 */

/** Columns of positions in degrees that a file gets. */
const [RA, DEC] = ["_ra", "_dec"];
/** DuckDB reads these as they are. */
const PLAIN = /\.(?:csv|tsv|parquet|parq|pq)$/i;

/** @param {Question} question */
export const elsewhereOf = ({ other }) => other?.elsewhere ?? null;

/** SQL that creates the view of its rows, or a comment that says what is to be made. @param {Elsewhere} from @param {string} stored */
export function viewOf({ kind, name, files, position }, stored) {
  const view = `CREATE VIEW ${quoteName(stored)} AS`;
  if (kind !== "file")
    return `${view} FROM read_parquet([${files.map(quoteText).join(", ")}], hive_partitioning = false);`;
  if (
    !position ||
    position.columns.length < 2 ||
    position.unit !== '"deg"' ||
    position.frame !== "icrs" ||
    !PLAIN.test(name)
  )
    return `a table ${quoteName(stored)} of ${oneLine(name)}, with positions in degrees as ${RA} and ${DEC}`;
  const [ra, dec] = position.columns.map(quoteName);
  return `${view} SELECT *, ${ra} AS ${RA}, ${dec} AS ${DEC} FROM ${quoteText(name)};`;
}

/** Python that reads a file with astropy, its positions in degrees. @param {Elsewhere} from @returns {string[]} */
function tableLines({ name, position }) {
  const columns = position?.columns ?? [];
  const at = columns.map((column) => `OTHER[${literal(column)}]`);
  const known = at.map((column) => `np.ma.getmaskarray(${column})`).join(" | ");
  return [
    `OTHER = Table.read(${literal(name)})`,
    `OTHER = OTHER[~(${known})]`,
    `places = SkyCoord(${[...new Set(at)].join(", ")}, unit=${position?.unit}, frame=${literal(position?.frame)}).icrs`,
    `OTHER[${literal(RA)}], OTHER[${literal(DEC)}] = places.ra.deg, places.dec.deg`,
  ];
}

/** What the lines below import. @param {Elsewhere | null} from @returns {string[]} */
export const importsOf = (from) =>
  from?.kind === "file"
    ? ["import numpy as np", "from astropy.coordinates import SkyCoord", "from astropy.table import Table"]
    : [];

/** Python that gives its rows to DuckDB. @param {Elsewhere} from @param {string} stored @returns {string[]} */
export function databaseLines(from, stored) {
  if (from.kind === "file")
    return [...tableLines(from), `db.register(${literal(stored)}, OTHER.to_pandas())`];
  if (from.kind === "folder") return [`db.execute(${literal(viewOf(from, stored))})`];
  return [
    `OTHER = ${literal(from.files)}`,
    `parts = pyarrow.dataset.dataset(OTHER, filesystem=fsspec.filesystem("http"))`,
    `db.register(${literal(stored)}, parts)`,
  ];
}

/** Python that opens it with LSDB as `other`. @param {Elsewhere} from @param {string[]} columns @param {{ ra: string, dec: string }} position @param {number} radius */
export function lsdbLines(from, columns, position, radius) {
  if (from.hats)
    return [
      `other = lsdb.open_catalog(${literal(from.name)}, columns=${literal(columns)})`,
      `if other.margin and other.margin.hc_structure.catalog_info.margin_threshold < ${literal(radius)}:`,
      "    other.margin = None  # matches across the borders of its partitions may be missed",
    ];
  const frame =
    from.kind === "file"
      ? [...tableLines(from), "frame = OTHER.to_pandas()"]
      : [
          `frame = pd.concat(pd.read_parquet(file, columns=${literal(columns)}) for file in ${literal(from.files)})`,
        ];
  return [
    ...frame,
    "other = lsdb.from_dataframe(",
    `    frame, ra_column=${literal(position.ra)}, dec_column=${literal(position.dec)}, margin_threshold=${literal(Math.max(radius, 1))}`,
    ")",
  ];
}
