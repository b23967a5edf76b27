/**
 * Plots of the rows found, beside their table. This is only the button; the plots themselves are loaded at the first use.
 */
import { format } from "../../shared/value-text.js";
import { t } from "../../shared/strings.js";
import { deliver } from "../export/deliver.js";
import { TABLE } from "../query/hits.js";
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {import("../view.js").ResultsView} ResultsView
 * @typedef {{view: ResultsView, table: string, save: typeof deliver, format: typeof format, section: HTMLElement}} Host
 */

/** @param {ResultsView} view */
export function makePlots(view) {
  const section = document.getElementById("plots");
  const button = document.getElementById("plots-open");
  const body = document.getElementById("results-body");
  if (!section || !button || !body) return;
  const load = lazily(
    async () => {
      const { Panel } = await import("./plots-panel.js");
      return new Panel({ view, table: TABLE, save: deliver, format, section });
    },
    (about) => t("The plots could not be loaded: {file}: {why}", about),
  );
  document.getElementById("marks-tools")?.before(button);
  button.hidden = false;
  const turn = async (/** @type {boolean} */ open, /** @type {boolean} */ asked) => {
    section.hidden = !open;
    body.classList.toggle("with-plots", open);
    button.setAttribute("aria-expanded", String(open));
    try {
      const made = await load();
      if (open) made.open();
      else made.close();
      if (open && asked && !matchMedia("(min-width: 87.5rem)").matches)
        section.scrollIntoView({ block: "nearest" });
    } catch (error) {
      section.textContent = /** @type {Error} */ (error).message;
    }
  };
  button.addEventListener("click", () => turn(Boolean(section.hidden), true));
  const asked = () => new URLSearchParams(location.search).has("plot");
  if (asked()) turn(true, false);
  // back and forward lead to addresses without a plot, and with one
  addEventListener("popstate", () => !section.hidden && !asked() && turn(false, false));
  view.events.addEventListener("shown", () => {
    if (view.shown && section.hidden && asked()) turn(true, false);
  });
}
