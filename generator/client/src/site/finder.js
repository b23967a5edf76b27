/** The button and the key that open the finder; its script is loaded at the first use. */
import { unloaded } from "../shared/errors.js";
import { runScript } from "../shared/leaving.js";
import { t } from "../shared/strings.js";

/** @typedef {{open: () => Promise<void>, mount: (place: HTMLElement) => Promise<void>}} Finder */

/** @type {Promise<Finder> | null} */
let made = null;

/** @param {{file: string, why: string}} about */
export const notLoaded = (about) => t("The search box could not be loaded: {file}: {why}", about);

/** @param {HTMLElement} button with the script's address @returns {Promise<Finder>} */
function load(button) {
  const address = button.dataset.script ?? "";
  made ??= runScript(address).then(
    () => /** @type {any} */ (globalThis).drportal.finder,
    (cause) => {
      made = null;
      throw unloaded(cause, address, notLoaded);
    },
  );
  return made;
}

/** @type {HTMLDialogElement | null} */
let shown = null;

/** Show an error in a window of its own. @param {unknown} error */
function refuse(error) {
  shown?.close();
  const dialog = document.createElement("dialog");
  dialog.className = "finder";
  const words = document.createElement("p");
  words.className = "error-text";
  words.setAttribute("role", "alert");
  words.textContent = /** @type {Error} */ (error).message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button small quiet finder-close";
  close.textContent = t("Close");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(words, close);
  document.body.append(dialog);
  shown = dialog;
  dialog.showModal();
}

/**
 * Make a button, and Ctrl+K or ⌘K, open the finder; an element marked data-find has one of its own.
 * @param {HTMLButtonElement} button
 */
export function finderButton(button) {
  const open = () =>
    load(button)
      .then((finder) => finder.open())
      .catch(refuse);
  button.addEventListener("click", open);
  button.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    void open();
  });
  for (const place of document.querySelectorAll("[data-find]")) {
    load(button)
      .then((finder) => finder.mount(/** @type {HTMLElement} */ (place)))
      .catch((error) => (place.textContent = error.message)); // the button is still there
  }
}
