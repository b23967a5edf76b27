/** Where files go instead of the browser's downloads: an entry of the menu, and the line that shows the place. */
import { openVault } from "../reading/sources/sealed-files.js";
import { deliverTo } from "../results/export/deliver.js";
import { lazily } from "../shared/lazy.js";

/** @typedef {import("./place.js").Place} Place */

/** @param {import("../results/view.js").ResultsView} view */
export function offerPlaces(view) {
  const item = document.getElementById("save-place");
  const line = document.getElementById("place-line");
  if (!item || !line) return;
  // The policy of an encrypted edition names no hosts.
  const form = openVault() ? null : document.getElementById("place-dialog");
  const scope = /** @type {any} */ (globalThis);
  const picks = "showDirectoryPicker" in scope;
  if (!form && !picks) return;
  /** @type {HTMLElement} */ (item.parentElement).hidden = false;
  const load = lazily(() => import("./places.js"));
  const here = lazily(async () => {
    const { Sending } = await load();
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("place-sending"));
    return new Sending(dialog, line);
  });
  const failed = (/** @type {Error} */ error) => {
    if (error.name !== "AbortError") view.problem([error.message], false);
    return false;
  };

  /** @param {Place | null} place null: the browser's downloads */
  async function use(place) {
    const sending = await here();
    sending.show(place);
    deliverTo(
      place &&
        ((file) =>
          sending.send(place, file).then((saved) => {
            if (saved && place.once) use(null);
            return saved;
          })),
    );
    if (!line?.hidden) line?.querySelector("button")?.focus();
  }

  /** The picker first: a browser shows it only in answer to a click. */
  const pickFolder = async () => {
    const handle = await scope.showDirectoryPicker({ id: "drportal", mode: "readwrite" });
    const { Folder } = await load();
    await use(new Folder(handle));
  };
  const ask = lazily(async () => {
    const { PlaceForm } = await load();
    return new PlaceForm(/** @type {HTMLDialogElement} */ (form), use, picks ? pickFolder : null);
  });
  item.addEventListener("click", () => {
    const opened = form ? ask().then((one) => one.open()) : pickFolder();
    opened.catch(failed);
  });
  line.querySelector("button")?.addEventListener("click", () => {
    use(null).then(() => document.getElementById("save-as")?.focus(), failed);
  });
}
