/** An object's rows in each catalogue: important values first, the others on request. */
import { valueLine } from "../../results/table/row.js";
import { APART } from "../../search/columns.js";
import { countText, t } from "../../shared/strings.js";

/**
 * @typedef {import("./find-object.js").Found} Found
 * @typedef {import("./find-object.js").Facts} Facts
 */

/** Most rows shown of one catalogue; a search shows the others. */
const MOST = 60;
/** Most rows that are open at first. */
const FEW = 8;

/**
 * @param {HTMLElement} place @param {{name: string, title: string}[]} catalogues @param {Found[]} found
 * @param {Record<string, Facts>} objects @param {(catalogue: string) => string | null} search address of a search for them
 */
export function showRows(place, catalogues, found, objects, search) {
  const sections = catalogues.flatMap(({ name, title }) => {
    const own = found.filter(({ row }) => row.catalogue === name);
    if (!own.length) return [];
    const section = document.createElement("section");
    section.className = "object-catalogue";
    section.dataset.catalogue = name;
    const head = document.createElement("h3");
    const count = document.createElement("span");
    count.className = "badge num";
    count.textContent = countText(own.length);
    head.append(title, " ", count);
    const lines = own.slice(0, MOST).map((one, k) => rowOf(one, objects[name], k === 0));
    section.append(head, ...lines.slice(0, FEW));
    if (lines.length > FEW) section.append(folded(lines.slice(FEW)));
    const address = search(name);
    if (address) {
      const link = document.createElement("a");
      link.href = address;
      link.textContent =
        own.length > MOST ? t("The first {n} are shown: search for all", { n: MOST }) : t("As a table");
      const line = document.createElement("p");
      line.append(link);
      section.append(line);
    }
    return [section];
  });
  place.replaceChildren(...sections);
}

/** @param {HTMLElement[]} lines */
function folded(lines) {
  const rest = document.createElement("details");
  rest.className = "object-rest";
  const summary = document.createElement("summary");
  summary.textContent = t("{n} more rows", { n: lines.length });
  rest.append(summary, ...lines);
  return rest;
}

/** @param {Found} found @param {Facts} facts @param {boolean} open */
function rowOf({ row, apart }, facts, open) {
  const fold = document.createElement("details");
  fold.className = "fold object-row";
  const summary = document.createElement("summary");
  const id = facts?.roles.id ?? row.columns[0].name;
  const words = [
    `${id} ${row.values.get(id) ?? ""}`,
    ...(apart === null ? [] : [`${apart.toFixed(APART)}″`]),
  ];
  summary.textContent = words.join(" · ");
  fold.append(summary);
  // There may be many rows; a table is created when one is opened.
  const fill = () => {
    if (fold.childElementCount === 1) fold.append(...tableOf(row, facts?.typical ?? []));
  };
  fold.addEventListener("toggle", fill);
  fold.open = open;
  if (open) fill();
  return fold;
}

/**
 * An empty table of values, a column a line.
 * @param {string} label
 */
export function valueTable(label) {
  const wrap = document.createElement("div");
  wrap.className = "table-scroll";
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", label);
  const table = document.createElement("table");
  table.className = "table object-values";
  const head = table.createTHead().insertRow();
  for (const name of [t("Column"), t("Value"), t("Unit"), t("Meaning"), "UCD"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  wrap.append(table);
  return { wrap, table };
}

/** @param {import("./find-object.js").Row} row @param {string[]} typical */
function tableOf({ values, columns }, typical) {
  const { wrap, table } = valueTable(t("Values of this row"));
  const body = table.createTBody();
  const write = (/** @type {boolean} */ all) =>
    body.replaceChildren(
      ...columns
        .filter(({ name }) => all || typical.includes(name))
        .map((column) => valueLine(column, { value: values.get(column.name) ?? null, type: "" }, null)),
    );
  write(false);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button small quiet";
  more.setAttribute("aria-expanded", "false");
  const say = (/** @type {boolean} */ all) =>
    (more.textContent = all ? t("Fewer columns") : t("All {n} columns", { n: columns.length }));
  say(false);
  more.addEventListener("click", () => {
    const all = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", String(all));
    write(all);
    say(all);
  });
  return columns.every(({ name }) => typical.includes(name)) ? [wrap] : [wrap, more];
}
