/** The plots of search.html and sql.html: not a page's own script, but loaded by them when plots are first opened. */
import { Panel } from "../results/plots/plots-panel.js";
import { setStrings } from "../shared/strings.js";

const scope = /** @type {any} */ (globalThis);
setStrings(JSON.parse(document.getElementById("page")?.textContent ?? "{}").strings ?? {});
scope.drportal.plots = (/** @type {import("../results/plots/plots-button.js").Host} */ host) =>
  new Panel(host);
