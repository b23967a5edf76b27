/** The button and the key that open the box to find things; its script is loaded at the first use. */
import { setSource } from "../trusted.js";
import { announce } from "./copy.js";

/** @type {Promise<{open: () => Promise<void>, mount: (place: HTMLElement) => Promise<void>}> | null} */
let made = null;

/** @param {HTMLElement} button with the script's address */
function load(button) {
  made ??= new Promise((resolve, reject) => {
    const scope = /** @type {any} */ (globalThis);
    const script = document.createElement("script");
    script.onload = () => resolve(scope.drportal.finder);
    script.onerror = () => {
      made = null;
      reject(new Error(button.dataset.failed));
    };
    setSource(script, button.dataset.script ?? "");
    document.head.append(script);
  });
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
      made = null;
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
    load(button).then(
      (finder) => finder.mount(/** @type {HTMLElement} */ (place)),
      () => undefined, // the button is still there
    );
  }
}
