/** Finds in documents, pages and columns. Not a page's own script: site.js loads it at the first use. */
import { unloaded } from "../shared/errors.js";
import { fromScript } from "../reading/scripts.js";
import { Box } from "../find/box.js";
import { makeSearch } from "../find/document-index.js";
import { notLoaded } from "../site/finder.js";
import { setStrings, t } from "../shared/strings.js";

const scope = /** @type {any} */ (globalThis);
const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
setStrings(page.strings ?? {});
const RECORDS = `${page.base}assets/records.${page.lang}.js`;

/** @type {Promise<(query: string) => import("../find/document-index.js").Hit[]> | null} */
let search = null;

/** The search function; requested again where it could not be loaded. */
const searching = () =>
  (search ??= fromScript(RECORDS, "records")
    .then(makeSearch)
    .catch((cause) => {
      search = null;
      throw unloaded(cause, RECORDS, notLoaded);
    }));
/** @type {HTMLDialogElement | null} */
let dialog = null;

async function open() {
  if (!dialog) {
    const box = new Box(await searching(), page.base);
    dialog = document.createElement("dialog");
    dialog.className = "finder";
    dialog.setAttribute("aria-label", t("Find in documents and columns"));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button small quiet finder-close";
    close.textContent = t("Close");
    close.addEventListener("click", () => dialog?.close());
    dialog.append(box.element, close);
    const shown = dialog;
    dialog.addEventListener("click", (event) => {
      const inside = event.target instanceof Element && event.target !== shown;
      // A hit on the current page only scrolls it, which the dialog would hide.
      const hit = inside ? event.target.closest(".find-hit") : null;
      if (hit) addEventListener("hashchange", focusTarget, { once: true });
      if (!inside || hit) shown.close();
    });
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
  field.focus();
  field.select();
}

/** The place on this page to which a hit leads has the focus. */
function focusTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tabIndex < 0) target.tabIndex = -1;
  target?.focus({ preventScroll: true });
}

/** Put a box into the page itself. @param {HTMLElement} place */
async function mount(place) {
  const box = new Box(await searching(), page.base);
  place.replaceChildren(box.element);
}

scope.drportal.finder = { open, mount };
