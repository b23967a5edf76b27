/** A table from another program becomes the list of targets of the catalogue that is shown. */

/**
 * @param {File} list @param {Iterable<import("../../search/form/form.js").SearchForm>} forms
 * @returns {HTMLElement | null} the place of the list, with the folds around it open
 */
export function takeTable(list, forms) {
  const form = [...forms].find(({ form, element }) => form.position && !element.closest("[hidden]"));
  const place = form?.element.querySelector("[data-targets]");
  if (!form || !(place instanceof HTMLElement)) return null;
  for (let at = place.closest("details"); at; at = at.parentElement?.closest("details") ?? null)
    at.open = true;
  const choice = form.element.querySelector('[data-part="region"][value="list"]');
  if (choice instanceof HTMLElement) choice.click();
  const data = new DataTransfer();
  data.items.add(list);
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
  return place;
}
