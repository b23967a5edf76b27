/** The window that shows how a file is sent: bytes, a way to stop, and one to continue after a lost connection. */
import { sizeText } from "../results/format.js";
import { t } from "../shared/strings.js";
import { Lost } from "./request.js";

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./place.js").SavedFile} SavedFile
 */

/** Milliseconds between two changes of the progress shown. */
const SELDOM = 100;
/** Milliseconds: shorter work needs no window. */
const SOON = 400;

export class Sending {
  #busy = false;
  /** The reader has stopped the transfer. */
  #stopped = false;

  /** @param {HTMLDialogElement} dialog @param {HTMLElement} line that shows where files go */
  constructor(dialog, line) {
    this.dialog = dialog;
    this.line = line;
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-sending="${name}"]`));
    this.title = part("title");
    this.state = part("state");
    this.bar = part("bar");
    this.text = part("text");
    this.again = part("again");
    this.cancel = part("cancel");
    this.where = /** @type {HTMLElement} */ (line.querySelector("[data-place='where']"));
    this.said = /** @type {HTMLElement} */ (line.querySelector("[data-place='said']"));
  }

  /** Show where files go. @param {Place | null} place */
  show(place) {
    this.line.hidden = !place && !this.said.textContent;
    this.where.textContent = place?.title ?? /** @type {string} */ (this.line.dataset.downloads);
    if (place) this.said.textContent = "";
    /** @type {HTMLElement} */ (this.line.querySelector("button")).hidden = !place;
  }

  /** @param {Place} place @param {SavedFile} file @returns {Promise<boolean>} whether it has arrived */
  async send(place, file) {
    if (this.#busy) return false;
    this.#busy = true;
    const transfer = place.start(file);
    this.title.textContent = file.name;
    this.said.textContent = "";
    const later = setTimeout(() => this.dialog.showModal(), SOON);
    try {
      for (;;) {
        const result = await this.#attempt(transfer, file.blob.size);
        if (result) {
          this.said.textContent = `${t("Saved: {name}, {size}", { name: transfer.name, size: sizeText(file.blob.size) })}. ${result}`;
          return true;
        }
        clearTimeout(later);
        if (await this.#chosen()) continue;
        await transfer.undo().catch(() => {});
        this.said.textContent = t("Cancelled.");
        return false;
      }
    } finally {
      clearTimeout(later);
      this.#busy = false;
      this.dialog.close();
    }
  }

  /** @param {import("./place.js").Transfer} transfer @param {number} size @returns {Promise<string>} what was compared; "" after a failure */
  async #attempt(transfer, size) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    this.#say("");
    this.again.hidden = true;
    this.#progress(0, size);
    this.cancel.addEventListener("click", stop);
    this.dialog.addEventListener("close", stop);
    let shown = 0;
    try {
      const checked = await transfer.run(controller.signal, (sent) => {
        if (performance.now() - shown < SELDOM && sent < size) return;
        shown = performance.now();
        this.#progress(sent, size);
      });
      return this.dialog.dataset[checked] ?? "";
    } catch (error) {
      if (!controller.signal.aborted) this.#say(/** @type {Error} */ (error).message, true);
      this.again.hidden = controller.signal.aborted || !(error instanceof Lost);
      this.#stopped = controller.signal.aborted;
      return "";
    } finally {
      this.cancel.removeEventListener("click", stop);
      this.dialog.removeEventListener("close", stop);
    }
  }

  /** Whether the reader wants to continue after a failure. @returns {Promise<boolean>} */
  #chosen() {
    if (this.#stopped) return Promise.resolve(false);
    if (!this.dialog.open) this.dialog.showModal();
    (this.again.hidden ? this.cancel : this.again).focus();
    return new Promise((resolve) => {
      const controller = new AbortController();
      const { signal } = controller;
      const end = (/** @type {boolean} */ again) => () => {
        controller.abort();
        resolve(again);
      };
      this.again.addEventListener("click", end(true), { signal });
      this.cancel.addEventListener("click", end(false), { signal });
      this.dialog.addEventListener("close", end(false), { signal });
    });
  }

  /** @param {string} text */
  #say(text, bad = false) {
    this.state.textContent = text;
    this.state.classList.toggle("error-text", bad);
  }

  /** @param {number} sent @param {number} size */
  #progress(sent, size) {
    const share = `${Math.round((100 * sent) / Math.max(1, size))}`;
    this.bar.setAttribute("aria-valuenow", share);
    /** @type {HTMLElement} */ (this.bar.firstElementChild).style.width = `${share}%`;
    this.text.textContent = `${sizeText(sent)} / ${sizeText(size)}`;
  }
}
