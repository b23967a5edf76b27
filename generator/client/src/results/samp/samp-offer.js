/** The entry of the menu that opens the SAMP window. */
import { onDisk } from "../../reading/scripts.js";
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {import("../view.js").ResultsView} ResultsView
 * @typedef {import("../../shared/page.js").Page} Page
 */

/** @param {ResultsView} view @param {Page} page @param {((list: File) => void) | null} onTable called with a received table; null: this page cannot use one */
export function offerSamp(view, page, onTable) {
  const item = document.querySelector('[data-take="samp"]');
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("samp-dialog"));
  if (onDisk()) {
    item?.parentElement?.setAttribute("hidden", "");
    return;
  }
  const load = lazily(async () => {
    const { SampPanel } = await import("./samp-panel.js");
    const panel = new SampPanel(dialog, view, page, onTable);
    addEventListener("pagehide", () => panel.leave());
    return panel;
  });
  item?.addEventListener("click", () =>
    load().then(
      (panel) => panel.open(),
      (error) => view.problem([error.message], false),
    ),
  );
}
