/**
 * Let a search field hide the rows of a table that do not hold every word typed.
 * @param {HTMLInputElement} field its data-filter selects the table, data-filter-rows what is hidden of it: its rows
 */
export function filterField(field) {
  const table = document.querySelector(field.dataset.filter ?? "");
  if (!table) return;
  const rows = [...table.querySelectorAll(field.dataset.filterRows ?? "tbody tr")].map((row) => ({
    row: /** @type {HTMLElement} */ (row),
    text: (row.textContent ?? "").toLowerCase(),
  }));
  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word));
  };
  field.addEventListener("input", apply);
  const place = field.closest("[hidden]");
  if (place instanceof HTMLElement) place.hidden = false;
  if (field.value) apply();
}
