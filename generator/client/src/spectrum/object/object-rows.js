/** The values of an object's rows: important ones first, the others on request. */
import { valueLine } from "../../results/table/row.js";
import { t } from "../../shared/strings.js";

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
export function rowValues({ values, columns }, typical) {
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
  more.className = "button small quiet object-more";
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
