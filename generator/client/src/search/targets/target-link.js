/**
 * Targets in the address of a search. It contains short lists, and of longer ones only their number.
 *
 * @typedef {import("./roles.js").TargetSearch} TargetSearch
 */
import { t } from "../../shared/strings.js";
import { findColumn, kindOf } from "../columns.js";
import { Refused, parseNames, writeNames } from "../grammar.js";
import { parseDec, parseRa, parseRadius } from "../position.js";
import { TableBuilder } from "./target-table.js";

export const MOST_IN_LINK = 50;
export const RADIUS = 2;
const COUNT = /^list of (\d+)$/;

/**
 * @param {string} text of `targets`
 * @returns {{count: number} | {column: string, entries: string[]} | {column: null, entries: string[]}}
 */
export function parseTargets(text) {
  const count = COUNT.exec(text.trim());
  if (count) return { count: Number(count[1]) };
  const parts =
    text
      .match(/(?:"(?:[^"]|"")*"|[^;"])+/g)
      ?.map((part) => part.trim())
      .filter(Boolean) ?? [];
  if (/^[-+.\d\s,;]+$/.test(text)) {
    for (const part of parts) readEntry(part);
    return { column: null, entries: parts };
  }
  const found = /^((?:"(?:[^"]|"")*"|[^:"])+):([^]*)$/.exec(parts[0] ?? "");
  if (!found)
    throw new Refused(
      t("Write targets as ra,dec;ra,dec in degrees, or as a column and its values: obsid:1;2;3."),
    );
  const [column] = parseNames(found[1]);
  return { column, entries: [found[2], ...parts.slice(1)].map(unquote).filter(Boolean) };
}

/** @param {string} entry */
function readEntry(entry) {
  const [ra, dec, radius, ...more] = entry.split(",");
  if (dec === undefined || more.length)
    throw new Refused(
      t("Write targets as ra,dec;ra,dec in degrees, or as a column and its values: obsid:1;2;3."),
    );
  return [
    String(parseRa(ra)),
    String(parseDec(dec)),
    radius === undefined ? "" : String(parseRadius(radius)),
  ];
}

/** @param {string} text */
function unquote(text) {
  const quoted = /^\s*"((?:[^"]|"")*)"\s*$/.exec(text);
  return quoted ? quoted[1].replaceAll('""', '"') : text.trim();
}

/**
 * The text of a list with the content of a link, to be shown and read like any other.
 * @param {ReturnType<typeof parseTargets>} parsed
 */
export function listText(parsed) {
  if ("count" in parsed) return "";
  const quote = (/** @type {string} */ text) =>
    /[",\s#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  if (parsed.column !== null) return [parsed.column, ...parsed.entries].map(quote).join("\n");
  const entries = parsed.entries.map(readEntry);
  const wide = entries.some(([, , radius]) => radius);
  return [
    wide ? "ra,dec,radius" : "ra,dec",
    ...entries.map((entry) => entry.slice(0, wide ? 3 : 2).join(",")),
  ].join("\n");
}

/**
 * The list in a link, as a table with the roles of its columns.
 * @param {ReturnType<typeof parseTargets>} parsed @param {import("../columns.js").Form} form
 * @returns {Promise<{table: import("./target-table.js").TargetTable, roles: import("./roles.js").Roles}>} throws Refused
 */
export async function linkTable(parsed, form) {
  if ("count" in parsed) throw new Refused(listMissing(parsed.count));
  const roles = {
    by: /** @type {"position" | "id"} */ ("position"),
    ra: 0,
    dec: 1,
    radius: 2,
    id: 0,
    column: "",
  };
  const builder = new TableBuilder(
    t("link"),
    (parsed.column === null ? ["ra", "dec", "radius"] : [parsed.column]).map((name) => ({ name })),
    true,
  );
  if (parsed.column === null) parsed.entries.forEach((entry, i) => builder.add(readEntry(entry), i + 1));
  else {
    const column = findColumn(form, parsed.column);
    if (!column || !["whole", "text"].includes(kindOf(column)))
      throw new Refused(
        t("There is no column “{name}” in {catalogue}.", { name: parsed.column, catalogue: form.name }),
      );
    roles.by = "id";
    roles.column = column.name;
    roles.ra = roles.dec = roles.radius = -1;
    parsed.entries.forEach((entry, i) => builder.add([entry], i + 1));
  }
  return { table: await builder.finish(), roles };
}

/** @param {number} count */
export const listMissing = (count) =>
  t(
    "This link is from a search by a list of {n} targets. The link does not contain the list: paste it or choose its file.",
    {
      n: count,
    },
  );

/**
 * @param {TargetSearch} search
 * @returns {[string, string][]} parameters
 */
export function targetParameters({ targets, match, radius }) {
  const { ra, dec, radius: own, ids, roles, rows } = targets;
  const count = rows.length;
  /** @type {string} */
  let text;
  if (count > MOST_IN_LINK) text = `list of ${count}`;
  else if (ra && dec) {
    text = Array.from(ra, (_, i) =>
      [ra[i], dec[i], ...(own && !Number.isNaN(own[i]) ? [own[i]] : [])].join(","),
    ).join(";");
  } else {
    const quote = (/** @type {string | bigint} */ id) =>
      /^[\w.+-]+$/.test(String(id)) ? String(id) : `"${String(id).replaceAll('"', '""')}"`;
    text = `${writeNames([roles.column])}:${Array.from(/** @type {ArrayLike<string | bigint>} */ (ids), quote).join(";")}`;
  }
  /** @type {[string, string][]} */
  const parts = [["targets", text]];
  if (match === "nearest") parts.push(["match", "nearest"]);
  if (ra && radius !== RADIUS) parts.push(["match_radius", String(radius)]);
  return parts;
}
