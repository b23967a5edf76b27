/** The button that opens the window for downloading the spectra of the rows shown. */
import { lazily } from "../../shared/lazy.js";

/** @param {import("../../results/view.js").ResultsView} view @param {import("../../shared/page.js").Page} page */
export function offerSpectra(view, page) {
  const button = document.getElementById("download-spectra");
  const dialog = document.getElementById("spectra-dialog");
  if (!button || !(dialog instanceof HTMLDialogElement)) return;
  const load = lazily(async () => {
    const { SpectraDialog } = await import("./dialog.js");
    return new SpectraDialog(dialog, view, page);
  });
  view.events.addEventListener("shown", () => {
    /** @type {HTMLElement} */ (button.parentElement).hidden = !view.shown?.spectra;
    dialog.close();
  });
  button.addEventListener("click", () =>
    load().then(
      (spectra) => spectra.open(),
      (error) => view.problem([error.message], false),
    ),
  );
}
