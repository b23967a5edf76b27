/** A file that the reader picked, as a catalogue to match with: read like a list of targets, kept in the engine. */
import { pixelOf } from "../../catalogue/match.js";
import { ORDER } from "../../catalogue/healpix.js";
import { Refused } from "../../search/grammar.js";
import { readList } from "../../search/targets/read.js";
import { unitOf } from "../../search/targets/column-roles.js";
import { guessRoles, nameColumns, resolveTargets } from "../../search/targets/roles.js";
import { t } from "../../shared/strings.js";
import { listTable } from "./target-tables.js";
import { shared } from "../../shared/once.js";

/**
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {import("./find-matches.js").Other} Other
 */

const SCHEMA = "_drportal_picked";
const TABLE = "rows";
const [RA, DEC] = ["_ra", "_dec"];
/** Positions are collected in pixels of this order, 13 arcmin wide. */
const COARSE = 8;
/** @type {Record<string, string>} */
const PYTHON = { hour: "hourangle", rad: "rad" };
/** @type {Record<string, string>} */
const DATATYPES = { whole: "long", real: "double", text: "string" };

/** @typedef {{ signal?: AbortSignal, onProgress?: (read: number, all: number) => void }} Options */

/** @type {WeakMap<Blob, Promise<import("../../search/targets/target-table.js").TargetTable>>} */
const tables = new WeakMap();

/** The rows of a file, read once. @param {Blob} file @param {Options} options */
const tableOf = (file, options) => shared(tables, file, () => readList(file, options));

/** @param {Blob} file @returns {Promise<{ name: string, unit: string }[]>} throws Refused */
export const columnsOfFile = async (file) => (await tableOf(file, {})).columns;

/**
 * @param {Catalogue["engine"]} engine @param {Blob} file @param {string} name
 * @param {import("../../search/columns.js").Form} form
 * @param {Options} options
 * @returns {Promise<Other>} throws Refused
 */
export async function openPicked(engine, file, name, form, { signal, onProgress }) {
  const table = await tableOf(file, { signal, onProgress });
  const roles = guessRoles(table, form);
  if (roles.ra < 0) throw new Refused(t("No column of {name} has positions.", { name }));
  nameColumns(table, roles);
  const targets = await resolveTargets(table, { ...roles, by: "position" }, form, { signal });
  const { ra, dec } = targets;
  if (!ra || !dec || !targets.rows.length)
    throw new Refused(
      targets.problems.first[0]?.message ?? t("No column of {name} has positions.", { name }),
    );
  await engine.rows(`DROP SCHEMA IF EXISTS "${SCHEMA}" CASCADE`);
  await engine.rows(`CREATE SCHEMA "${SCHEMA}"`);
  const columns = listTable(
    targets,
    table.columns.map((column) => column.name),
  );
  await engine.insert(
    SCHEMA,
    TABLE,
    { ...columns, [RA]: { values: ra.slice() }, [DEC]: { values: dec.slice() } },
    signal,
  );
  const described = table.columns.map(({ name, kind, unit, ucd }) => ({
    name,
    datatype: DATATYPES[kind],
    unit: unit || null,
    ucd: ucd || null,
    description: t("From {name}", { name }),
    missing: null,
  }));
  return {
    meta: /** @type {any} */ ({
      position: { ra: RA, dec: DEC },
      id: null,
      partitions: [{ tiles: pixelsOf(ra, dec) }],
    }),
    columns: /** @type {any} */ (described),
    stored: TABLE,
    all: described.map((column) => column.name),
    elsewhere: { kind: "file", name, files: [], hats: false, position: writtenAs(table, roles, targets) },
    prepareRuns: async () => ({ relation: `"${SCHEMA}"."${TABLE}"`, tiles: 0, bytes: 0 }),
  };
}

/**
 * How a file has its positions, for recipes.
 * @param {import("../../search/targets/target-table.js").TargetTable} table @param {import("../../search/targets/roles.js").Roles} roles
 * @param {import("../../search/targets/roles.js").Targets} targets
 */
function writtenAs({ columns }, { ra, dec }, { galactic }) {
  const both = [...new Set([ra, dec])].map((index) => columns[index]);
  const unit = (/** @type {typeof columns[number]} */ column, /** @type {string} */ texts) =>
    column.kind === "text" ? texts : (PYTHON[unitOf(column)] ?? "deg");
  const units = [unit(both[0], galactic ? "deg" : "hourangle"), unit(both.at(-1) ?? both[0], "deg")];
  return {
    columns: both.map(({ name }) => name),
    unit: units[0] === units[1] ? `"${units[0]}"` : `("${units[0]}", "${units[1]}")`,
    frame: galactic ? "galactic" : "icrs",
  };
}

/** Where the positions are, as tiles. @param {Float64Array} ra @param {Float64Array} dec */
function pixelsOf(ra, dec) {
  /** @type {Map<number, number>} */
  const rows = new Map();
  for (let i = 0; i < ra.length; i++) {
    const pixel = pixelOf(COARSE, ra[i], dec[i]);
    rows.set(pixel, (rows.get(pixel) ?? 0) + 1);
  }
  const size = 4 ** (ORDER - COARSE);
  return [...rows]
    .sort(([one], [other]) => one - other)
    .map(([pixel, count]) => [0, 0, count, pixel * size, (pixel + 1) * size - 1]);
}
