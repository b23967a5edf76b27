/** “Use the data folder”: where scripts cannot load the data of a page, the reader picks the release's folder, which is read directly. */
import { usePickedCatalogues } from "../catalogue/files.js";
import { t } from "../shared/strings.js";
import { usePickedSpectra } from "./data/set.js";

/**
 * Offer this in an element of the page, once.
 * @param {HTMLElement} place empty at first
 * @param {import("../shared/page.js").Page} page
 * @param {() => void} then reads again, from the folder
 */
export function offerFolder(place, page, then) {
  place.hidden = false;
  if (place.firstChild) return;
  place.classList.add("folder-field");
  const [button, input, hint] = [
    document.createElement("label"),
    document.createElement("input"),
    document.createElement("span"),
  ];
  input.id = "data-folder";
  input.className = "visually-hidden";
  Object.assign(input, { type: "file", multiple: true, webkitdirectory: true });
  button.className = "button small";
  button.htmlFor = input.id;
  button.textContent = t("Use the data folder");
  hint.className = "hint";
  hint.id = "data-folder-hint";
  hint.textContent = t("Choose this release's folder once, and the page reads it directly.");
  input.setAttribute("aria-describedby", hint.id);
  place.append(button, input, hint);
  input.addEventListener("change", async () => {
    const files = input.files ?? [];
    const spectra = await usePickedSpectra(files, page);
    const names = [...new Set([...spectra, ...(await usePickedCatalogues(files, page))])];
    hint.setAttribute("role", "status");
    hint.textContent = names.length
      ? t("Reading from the folder: {names}", { names: names.join(", ") })
      : t("This folder does not contain the data of this release.");
    if (names.length) then();
  });
}
