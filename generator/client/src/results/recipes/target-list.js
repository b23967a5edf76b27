/** The list of targets of a search, as SQL values or as a file of its own. */
import { csvHead, csvRows } from "../export/csv.js";
import { quoteName, quoteNumber, quoteText } from "../../search/literals.js";
import { nameForms } from "../../search/designations.js";
import { ownNames } from "../query/find-targets.js";
import { LIST, isLong } from "./question.js";

/**
 * @typedef {import("../../search/targets/roles.js").TargetSearch} TargetSearch
 * @typedef {import("./question.js").Form} Form
 * @typedef {{name: string, type: string, values: (i: number) => string | number | bigint | null}} Column
 */

const ROWS = 10_000;

/**
 * The list's own columns under their names in the result, after the values to compare: `_n`, the place in the list,
 * and `_ra`, `_dec`, `_radius` (arcsec) or `_id`. A name has a line for each form it may have in the catalogue.
 * @param {TargetSearch} search @param {Form} form
 */
export function listColumns({ targets, radius }, form) {
  const own = ownNames(targets, form);
  const taken = new Set([...own, ...form.columns.map(({ name }) => name)].map((name) => name.toLowerCase()));
  const free = (/** @type {string} */ name) => {
    while (taken.has(name)) name = `_${name}`;
    return name;
  };
  const { ra, dec, ids, rows, table } = targets;
  const forms = Array.isArray(ids) && !ra ? ids.map(nameForms) : null;
  /** The place in the list of each line. */
  const at = forms ? forms.flatMap((names, i) => names.map(() => i)) : null;
  const names = forms?.flat() ?? [];
  const place = (/** @type {number} */ i) => (at ? at[i] : i);
  /** @type {Column[]} */
  const compared = [{ name: free("_n"), type: "INTEGER", values: place }];
  if (ra && dec)
    compared.push(
      { name: free("_ra"), type: "DOUBLE", values: (i) => ra[i] },
      { name: free("_dec"), type: "DOUBLE", values: (i) => dec[i] },
      { name: free("_radius"), type: "DOUBLE", values: (i) => targets.radius?.[i] || radius },
    );
  else if (ids)
    compared.push({
      name: free("_id"),
      type: Array.isArray(ids) ? "VARCHAR" : ids instanceof BigInt64Array ? "BIGINT" : "UBIGINT",
      values: (i) => (forms ? names[i] : ids[i]),
    });
  const types = { whole: "BIGINT", real: "DOUBLE", text: "VARCHAR" };
  const carried = table.columns.map((column, k) => ({
    name: own[k],
    type: types[column.kind],
    values: (/** @type {number} */ i) => {
      const row = rows[place(i)];
      return column.nulls?.[row] ? null : column.values[row];
    },
  }));
  return { compared, carried, count: at?.length ?? rows.length, long: isLong(targets) };
}

/** The list as a table expression of SQL. @param {TargetSearch} search @param {Form} form */
export function listSql(search, form) {
  const { compared, carried, count, long } = listColumns(search, form);
  const all = [...compared, ...carried];
  const names = all.map(({ name }) => quoteName(name));
  if (long) {
    const cast = all.map(({ type }, i) =>
      type === "VARCHAR"
        ? `coalesce(${names[i]}, '') AS ${names[i]}`
        : `CAST(${names[i]} AS ${type}) AS ${names[i]}`,
    );
    return `targets AS (\n  SELECT ${cast.join(", ")}\n  FROM read_csv('${LIST}', header = true, all_varchar = true)\n)`;
  }
  const lines = Array.from(
    { length: count },
    (_, i) => `  (${all.map(({ type, values }) => literal(values(i), type)).join(", ")})`,
  );
  return `targets(${names.join(", ")}) AS (VALUES\n${lines.join(",\n")}\n)`;
}

/** @param {string | number | bigint | null} value @param {string} type */
function literal(value, type) {
  if (value === null) return `CAST(NULL AS ${type})`;
  if (type === "DOUBLE")
    return Number.isFinite(value) ? quoteNumber(Number(value)) : `CAST('${value}' AS DOUBLE)`;
  return type === "VARCHAR" ? quoteText(String(value).replaceAll("\0", "")) : `CAST('${value}' AS ${type})`;
}

/** The list as the file that SQL and Python read. @param {TargetSearch} search @param {Form} form @returns {BlobPart[]} */
export function listFile(search, form) {
  const { compared, carried, count } = listColumns(search, form);
  const all = [...compared, ...carried];
  const parts = [csvHead(all.map(({ name }) => name))];
  for (let at = 0; at < count; at += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, count - at) }, (_, i) =>
      all.map(({ values }) => {
        const value = values(at + i);
        return value === "" ? null : value;
      }),
    );
    parts.push(
      csvRows(
        rows,
        all.map(({ type }) => type),
      ),
    );
  }
  return parts;
}
