/** sky.html: one catalogue at a time, positions chosen on its map, lists checked against its coverage. */
import { readPage } from "../shared/page.js";
import { NameBox } from "../search/names/name-box.js";
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
  takeNames(form);
  pickable(part("pick"), { readout: part("readout"), form, covered });
  const list = /** @type {HTMLFormElement} */ (part("check"));
  checker(list, section.dataset.catalogue ?? "", covered, page.release.id);
}

/** Names of objects in the box of the search, which keeps its radius. The search itself looks up what was not chosen. @param {HTMLFormElement} form */
function takeNames(form) {
  const box = form.elements.namedItem("cone");
  if (!(box instanceof HTMLInputElement)) return;
  const [, , before = ""] = box.value.split(",");
  new NameBox(box, form, ({ ra, dec, radius = before }) => (box.value = [ra, dec, radius].join(",")));
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
