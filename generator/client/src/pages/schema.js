/** schema.html and the pages of catalogues: column search, and reading masks. */
import { columnSearch } from "../schema/column-search.js";
import { decoder } from "../schema/mask-reader.js";
import { setStrings } from "../shared/strings.js";

const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
setStrings(page.strings ?? {});

const form = document.getElementById("column-search");
if (form instanceof HTMLFormElement) columnSearch(form);
for (const one of document.querySelectorAll("form[data-decoder]"))
  decoder(/** @type {HTMLFormElement} */ (one));

/** The column that the address names is shown with all details. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = named?.querySelector("details.column-details");
  if (!named || !(details instanceof HTMLDetailsElement)) return;
  details.open = true;
  named.scrollIntoView({ block: "start" });
}

window.addEventListener("hashchange", openNamed);
openNamed();
