/**
 * The rows found as a gallery of spectra instead of a table. This is only the choice between the two; the gallery
 * itself is loaded at the first use.
 */
import { deliver } from "../../results/export/deliver.js";
import { lazily } from "../../shared/lazy.js";
import { sayInAddress } from "../../shared/page.js";
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../results/view.js").ResultsView} ResultsView
 * @typedef {import("../../shared/page.js").Page} Page
 * @typedef {{view: ResultsView, page: Page, save: typeof deliver, openSet: (name: string) => Promise<import("../data/set.js").SpectraSet>,
 *   section: HTMLElement}} Host sets are opened by the page, so that a picked folder serves the gallery too
 */

/** @param {ResultsView} view @param {Page} page */
export function makeGallery(view, page) {
  const choice = document.getElementById("results-as");
  const section = document.getElementById("gallery");
  const table = document.getElementById("results-scroll");
  if (!choice || !section || !table) return;
  const load = lazily(
    async () => {
      const [{ Gallery }, { openSet }] = await Promise.all([
        import("./thumbnails.js"),
        import("../data/set.js"),
      ]);
      return new Gallery({ view, page, save: deliver, section, openSet: (name) => openSet(page, name) });
    },
    (about) => t("The gallery could not be loaded: {file}: {why}", about),
  );
  let opened = false;
  const boxes = /** @type {HTMLInputElement[]} */ ([...choice.querySelectorAll("input")]);
  const wanted = () => boxes.find(({ checked }) => checked)?.value === "spectra" && !choice.hidden;
  const turn = async () => {
    const open = wanted();
    if (!open && !opened) return;
    try {
      const made = await load();
      opened = true;
      if (open !== wanted()) return;
      section.hidden = !open;
      table.hidden = open;
      if (open) made.open();
      else made.close();
    } catch (error) {
      boxes[0].checked = true;
      view.say(/** @type {Error} */ (error).message, true);
    }
  };
  for (const box of boxes)
    box.addEventListener("change", () => {
      sayInAddress("show", wanted() ? "spectra" : "");
      turn();
    });
  view.events.addEventListener("shown", () => {
    const before = wanted();
    choice.hidden = !view.shown?.spectra;
    // Back, forward and links may lead to addresses with the gallery.
    const asked = new URLSearchParams(location.search).get("show") === "spectra";
    for (const box of boxes) box.checked = (box.value === "spectra") === asked;
    if (wanted() !== before) turn();
  });
}
