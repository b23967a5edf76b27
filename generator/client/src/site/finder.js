/** The button and the key that open the box to find things; its script is loaded at the first use. */
import { runScript } from "../leaving.js";
import { announce } from "./copy.js";

/** @type {Promise<{open: () => Promise<void>, mount: (place: HTMLElement) => Promise<void>}> | null} */
let made = null;

/** @param {HTMLElement} button with the script's address */
function load(button) {
  made ??= runScript(button.dataset.script ?? "").then(
    () => /** @type {any} */ (globalThis).drportal.finder,
    () => {
      made = null;
      throw new Error(button.dataset.failed);
    },
  );
  return made;
}

/**
 * Let a button, and Ctrl+K or ⌘K, open the box; a place marked data-find has one of its own.
 * @param {HTMLButtonElement} button
 */
export function finderButton(button) {
  const open = async () => {
    try {
      await (await load(button)).open();
    } catch (error) {
      button.title = button.dataset.failed ?? String(error);
      announce(button.title);
    }
  };
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
      .catch(() => (place.textContent = button.dataset.failed ?? "")); // the button is still there
  }
}
