/** What matched catalogues know of an object: for each of them the values that its rows carry. */
import { valueLine } from "../../results/table/row.js";
import { t } from "../../shared/strings.js";
import { numberOf } from "../../shared/value-text.js";
import { valueTable } from "./object-rows.js";

/**
 * @typedef {import("../../catalogue/rows.js").Row} Row
 * @typedef {import("../../formats.d.ts").ObjectMatch} Match
 * @typedef {import("./around.js").Facts} Facts
 * @typedef {{rows: Row[], values: Map<string, unknown>}} Counterpart an object of the other catalogue, and the rows it belongs to
 */

/** Digits of separations: milliarcseconds. */
const APART = 3;

/**
 * The objects of a matched catalogue that belong to rows. Rows with the same carried values have the same object.
 * @param {Row[]} rows @param {Match} match
 * @returns {Counterpart[]}
 */
export function counterparts(rows, { columns }) {
  const own = [columns.separation, columns.matches];
  const carried = columns.names.filter((name) => !own.includes(name));
  /** @type {Map<string, Counterpart>} */
  const found = new Map();
  for (const row of rows) {
    if ((row.values.get(columns.separation) ?? null) === null) continue;
    const values = new Map(carried.map((name) => [name, row.values.get(name) ?? null]));
    const key = JSON.stringify([...values.values()].map(String));
    const known = found.get(key);
    if (known) known.rows.push(row);
    else found.set(key, { rows: [row], values });
  }
  return [...found.values()];
}

/**
 * @param {HTMLElement} place @param {Row[]} rows of the object @param {Record<string, Facts>} objects
 * @returns {boolean} whether the object is in any
 */
export function showMatched(place, rows, objects) {
  const sections = Object.entries(objects).flatMap(([catalogue, facts]) =>
    facts.matches.flatMap((match) => {
      const own = rows.filter((row) => row.catalogue === catalogue);
      const found = counterparts(own, match);
      return found.length ? [sectionOf(match, facts, catalogue, found)] : [];
    }),
  );
  place.replaceChildren(...sections);
  return sections.length > 0;
}

/** @param {Match} match @param {Facts} facts @param {string} catalogue @param {Counterpart[]} found */
function sectionOf(match, facts, catalogue, found) {
  const section = document.createElement("section");
  section.className = "object-match panel";
  section.dataset.match = match.name;
  const head = document.createElement("h3");
  const link = document.createElement("a");
  link.href = `matched.html#${match.name}`;
  link.textContent = match.title;
  head.append(link);
  section.append(
    head,
    ...found.flatMap((one) => [apartOf(one, match, facts, catalogue), tableOf(one, match)]),
  );
  return section;
}

/** The separation from each row of the object. @param {Counterpart} one @param {Match} match @param {Facts} facts @param {string} catalogue */
function apartOf({ rows }, match, facts, catalogue) {
  const line = document.createElement("p");
  line.className = "object-match-apart";
  /** @type {Map<string, string[]>} */
  const ids = new Map();
  const id = facts.roles.id ?? rows[0].columns[0].name;
  for (const { values } of rows) {
    const apart = `${Number(numberOf(values.get(match.columns.separation))).toFixed(APART)}″`;
    ids.set(apart, [...(ids.get(apart) ?? []), String(values.get(id) ?? "")]);
  }
  for (const [apart, of] of ids) {
    const strong = document.createElement("strong");
    strong.className = "num";
    strong.textContent = apart;
    const words = t("from {column} {id}", { column: id, id: of.join(", ") });
    line.append(line.childNodes.length ? "; " : "", strong, ` ${words}`);
  }
  const all = document.createElement("a");
  all.href = `search.html?catalogue=${catalogue}&${encodeURIComponent(match.columns.separation)}=..`;
  all.textContent = t("All matched rows");
  line.append(" · ", all);
  return line;
}

/** @param {Counterpart} one @param {Match} match */
function tableOf({ rows: [row], values }, match) {
  const { wrap, table } = valueTable(match.title);
  const body = table.createTBody();
  for (const column of row.columns)
    if (values.has(column.name))
      body.append(valueLine(column, { value: values.get(column.name) ?? null, type: "" }, null));
  return wrap;
}
