/** sky.html: one catalogue at a time, positions chosen on its map, lists checked against its coverage. */
import { readPage } from "../shared/page.js";
import { checker } from "../sky/coverage-check.js";
import { coverage } from "../sky/coverage.js";
import { pickable } from "../sky/pick.js";

const page = readPage();
const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".sky-of")]);
const tabs = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#sky-tabs a")]);

for (const section of sections) {
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (section.querySelector(`[data-part="${name}"]`));
  /** @type {import("../formats.d.ts").Cover} */
  const facts = JSON.parse(part("facts").textContent ?? "{}");
  const covered = coverage(facts);
  const form = /** @type {HTMLFormElement} */ (part("search"));
  pickable(part("pick"), { readout: part("readout"), form, covered });
  const list = /** @type {HTMLFormElement} */ (part("check"));
  checker(list, section.dataset.catalogue ?? "", covered, page.release.id);
}

/** Show the catalogue that the address names, or the first. */
function follow() {
  const asked = new URLSearchParams(location.search).get("catalogue");
  const shown = sections.find(({ dataset }) => dataset.catalogue === asked) ?? sections[0];
  for (const section of sections) section.hidden = section !== shown;
  for (const tab of tabs) {
    if (tab.dataset.catalogue === shown.dataset.catalogue) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set("catalogue", tab.dataset.catalogue ?? "");
    history.pushState(null, "", `?${query}`);
    follow();
  });
}
addEventListener("popstate", follow);
follow();
