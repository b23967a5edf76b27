/** Before a large read, the page says how much it will read and asks. */
import { t } from "../../shared/strings.js";
import { sizeText } from "../format.js";

/** From this many bytes on the page asks. */
const MUCH = 100e6;
const KEY = "drportal-read-all";

/** Whether the reader wants no more such questions: in this tab, as far as the browser remembers. */
let agreed = false;
try {
  agreed = sessionStorage.getItem(KEY) === "yes";
} catch {
  // storage not allowed: the next page asks again
}

export class Asker {
  /** @param {number} [much] bytes */
  constructor(much = MUCH) {
    this.much = much;
  }

  /**
   * @param {number} bytes that will be read
   * @param {AbortController} asking aborted when the reader refuses; closes the question when it is aborted elsewhere
   * @returns {Promise<void>} throws AbortError where the answer is no
   */
  async ask(bytes, asking) {
    if (bytes <= this.much || agreed) return;
    if (!(await question(bytes, asking.signal))) asking.abort();
    asking.signal.throwIfAborted();
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} className @param {(string | Node)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, className, ...inside) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...inside);
  return made;
}

/** @param {number} bytes @param {AbortSignal} signal @returns {Promise<boolean>} */
function question(bytes, signal) {
  const heading = make("h2", "", t("This reads about {size}", { size: sizeText(bytes) }));
  heading.id = "ask-title";
  const text = make(
    "p",
    "ask-text",
    t(
      "Name fewer columns, a smaller region or a LIMIT to read less. What has been read stays in memory for the next search.",
    ),
  );
  text.id = "ask-text";
  const box = make("input", "");
  box.type = "checkbox";
  const yes = make("button", "button primary", t("Read it"));
  yes.value = "yes";
  const no = make("button", "button", t("Cancel"));
  no.value = "no";
  const form = make(
    "form",
    "",
    heading,
    text,
    make("label", "check ask-again", box, make("span", "", t("Do not ask again in this visit"))),
    make("div", "form-actions", yes, no),
  );
  form.method = "dialog";
  const dialog = make("dialog", "sheet narrow ask", form);
  dialog.id = "ask";
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.setAttribute("aria-describedby", text.id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const stop = () => dialog.close("no");
    signal.addEventListener("abort", stop);
    dialog.addEventListener("close", () => {
      signal.removeEventListener("abort", stop);
      dialog.remove();
      const answer = dialog.returnValue === "yes";
      if (answer && box.checked) {
        agreed = true;
        try {
          sessionStorage.setItem(KEY, "yes");
        } catch {
          // remembered by this page only
        }
      }
      resolve(answer);
    });
    dialog.showModal();
    yes.focus();
  });
}
