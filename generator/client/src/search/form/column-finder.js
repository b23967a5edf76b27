/** Find a column among many: fields that do not match are hidden while something is typed. */

/** @param {HTMLFormElement} form */
export function makeFilter(form) {
  const input = form.querySelector('[data-part="filter"]');
  const fields = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-field]")]);
  if (!(input instanceof HTMLInputElement) || !input.parentElement || fields.length < 12) return;
  input.parentElement.hidden = false;
  const groups = /** @type {HTMLDetailsElement[]} */ ([...form.querySelectorAll("details[data-group]")]);
  const opened = new Map(groups.map((group) => [group, group.open]));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = input.value.trim() ? fields.find((field) => !field.hidden) : undefined;
    /** @type {HTMLElement | null | undefined} */ (found?.querySelector("input, textarea"))?.focus();
  });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    const searching = form.classList.contains("filtering");
    if (wanted && !searching) for (const group of groups) opened.set(group, group.open);
    form.classList.toggle("filtering", wanted !== "");
    for (const field of fields) {
      const text = `${field.dataset.field} ${field.querySelector(".hint")?.textContent ?? ""}`.toLowerCase();
      field.hidden = !text.includes(wanted);
    }
    for (const group of groups) {
      const found = group.querySelector("[data-field]:not([hidden])") !== null;
      group.hidden = wanted !== "" && !found;
      group.open = wanted ? found : (opened.get(group) ?? group.open);
    }
  });
}
