/** Tables that other programs send to the search page. */

/**
 * Use a table as a list of targets for the catalogue shown.
 * @param {File} list @param {import("../../search/form/form.js").SearchForm[]} forms @param {import("../../search/form/narrow.js").Narrow} narrow
 */
export function takeTable(list, forms, narrow) {
  const form = forms.find(({ form }) => form.position && !isHidden(form.name));
  const place = document.querySelector(`#catalogue-${CSS.escape(form?.form.name ?? "")} [data-targets]`);
  if (!form || !place) return;
  for (
    const fold = { at: place.closest("details") };
    fold.at;
    fold.at = fold.at.parentElement?.closest("details") ?? null
  )
    fold.at.open = true;
  const data = new DataTransfer();
  data.items.add(list);
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
  narrow.form();
  place.scrollIntoView({ block: "center" });
}

/** @param {string} catalogue */
const isHidden = (catalogue) =>
  Boolean(/** @type {HTMLElement | null} */ (document.getElementById(`catalogue-${catalogue}`))?.hidden);
