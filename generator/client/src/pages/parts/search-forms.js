/** The forms of search.html, by catalogue. */
import { asFilter, findColumn } from "../../search/columns.js";
import { SearchForm } from "../../search/form/form.js";
import { writePermalink } from "../../search/permalink.js";
import { observedSets } from "../../spectrum/spectra-links.js";
import { copyAddress } from "./session.js";

/**
 * @typedef {object} Handlers
 * @property {(form: SearchForm) => void} submit
 * @property {(form: SearchForm) => Promise<import("../../search/permalink.js").Search | null>} link reads the form for a link to it
 */

/** @param {import("../../shared/page.js").Page} page @param {Handlers} handlers @returns {Map<string, SearchForm>} */
export function makeForms(page, { submit, link }) {
  /** @type {Map<string, SearchForm>} */
  const forms = new Map();
  for (const element of /** @type {NodeListOf<HTMLFormElement>} */ (
    document.querySelectorAll("form.search-form")
  )) {
    addRegion(element);
    const data = document.querySelector(`script[data-form="${CSS.escape(element.dataset.catalogue ?? "")}"]`);
    /** @type {import("../../formats.d.ts").FormBlock} */
    const block = JSON.parse(data?.textContent ?? "{}");
    const filters = (block.filters ?? []).map((filter) => asFilter(filter));
    const made = new SearchForm(element, { ...block, filters });
    const spectra = observedSets(page).find((set) => set.catalogue === made.form.name);
    made.form.spectra = spectra && findColumn(made.form, spectra.id)?.name;
    forms.set(made.form.name, made);
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(made);
    });
    element.addEventListener("reset", () => {
      if (made.writing) return;
      made.forget();
      setTimeout(() => {
        made.clear();
        made.summarise();
      });
    });
    element.querySelector('[data-action="copy-link"]')?.addEventListener("click", async (event) => {
      const button = /** @type {HTMLElement} */ (event.currentTarget);
      const search = await link(made);
      if (search) copyAddress(button, writePermalink(search));
    });
  }
  return forms;
}

/** Put the part about positions, which the page has once, into a form. @param {HTMLFormElement} form */
function addRegion(form) {
  const place = form.querySelector("[data-position]");
  const shared = document.getElementById("region-form");
  if (!place || !(shared instanceof HTMLTemplateElement)) return;
  const name = form.dataset.catalogue ?? "";
  const parts = /** @type {DocumentFragment} */ (shared.content.cloneNode(true));
  for (const attribute of ["id", "for", "name", "aria-describedby"])
    for (const element of parts.querySelectorAll(`[${attribute}*="-@"]`)) {
      const value = element.getAttribute(attribute) ?? "";
      element.setAttribute(
        attribute,
        value.replaceAll("-@", () => `-${name}`),
      );
    }
  parts.querySelector(`[data-match="with"] option[value="${CSS.escape(name)}"]`)?.remove();
  place.replaceWith(parts);
}
