/** The plots of search.html and sql.html: not a page's own script, but loaded by them when plots are first opened. */
import { Panel } from "../results/plots/panel.js";
import { setStrings } from "../strings.js";

const scope = /** @type {any} */ (globalThis);
setStrings(JSON.parse(document.getElementById("page")?.textContent ?? "{}").strings ?? {});
scope.drportal.plots = (/** @type {import("../results/plots/index.js").Host} */ host) => new Panel(host);
