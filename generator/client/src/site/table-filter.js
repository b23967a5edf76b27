/** Fields that hide the rows of a table; their values are in the address, so that a choice can be shared. */
import { t } from "../shared/strings.js";

/** @param {HTMLElement} table @param {(HTMLInputElement | HTMLSelectElement)[]} fields */
function filterTable(table, fields) {
  const parts = fields[0].dataset.filterRows ?? "tbody tr";
  const rows = [...table.querySelectorAll(parts)].map((row) => ({
    row: /** @type {HTMLElement} */ (row),
    text: (row.textContent ?? "").toLowerCase(),
  }));
  const shown = document.querySelector(`[data-filter-count="#${CSS.escape(table.id)}"]`);
  const apply = () => {
    let count = 0;
    for (const { row, text } of rows) {
      row.hidden = !fields.every((field) => {
        if (!field.value) return true;
        const own = field.dataset.attribute;
        if (own) return (row.dataset[own] ?? "").split(" ").includes(field.value);
        return field.value
          .toLowerCase()
          .split(/\s+/)
          .every((word) => text.includes(word));
      });
      if (!row.hidden) count += 1;
    }
    if (shown) shown.textContent = t("{n} of {all}", { n: count, all: rows.length });
  };
  const asked = new URLSearchParams(location.search);
  for (const field of fields) {
    const value = field.name && asked.get(field.name);
    if (value) field.value = value;
    field.addEventListener("input", () => {
      apply();
      if (field.name) remember(field);
    });
    const place = field.closest("[hidden]");
    if (place instanceof HTMLElement) place.hidden = false;
  }
  if (fields.some((field) => field.value) || shown) apply();
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
function remember(field) {
  const query = new URLSearchParams(location.search);
  if (field.value) query.set(field.name, field.value);
  else query.delete(field.name);
  const text = query.toString();
  try {
    history.replaceState(null, "", (text ? `?${text}` : location.pathname) + location.hash);
  } catch {
    // a page on disc that may not change its address filters its rows all the same
  }
}

/** All fields of the page with data-filter, which selects the table. */
export function filterFields() {
  /** @type {Map<HTMLElement, (HTMLInputElement | HTMLSelectElement)[]>} */
  const tables = new Map();
  for (const element of document.querySelectorAll("[data-filter]")) {
    const field = /** @type {HTMLInputElement | HTMLSelectElement} */ (element);
    if (!field.matches("input, select")) continue;
    const table = document.querySelector(field.dataset.filter ?? "");
    if (table instanceof HTMLElement) tables.set(table, [...(tables.get(table) ?? []), field]);
  }
  for (const [table, fields] of tables) filterTable(table, fields);
}
