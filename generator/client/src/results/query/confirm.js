/** Before a large read, or the first from another site, the page says what it will read and asks. */
import { Refused } from "../../search/grammar.js";
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
    const { yes, again } = await question(
      {
        title: t("This reads about {size}", { size: sizeText(bytes) }),
        text: t(
          "Name fewer columns, a smaller region or a LIMIT to read less. What has been read stays in memory for the next search.",
        ),
        again: t("Do not ask again in this visit"),
      },
      asking.signal,
    );
    if (!yes) asking.abort();
    else if (again) remember();
    asking.signal.throwIfAborted();
  }
}

function remember() {
  agreed = true;
  try {
    sessionStorage.setItem(KEY, "yes");
  } catch {
    // remembered by this page only
  }
}

/** What the reader has answered, or is asked, for each address. @type {Map<string, Promise<boolean>>} */
const answers = new Map();

/**
 * Ask whether to read from an address, until the reader agrees.
 * @param {string} address @param {AbortSignal} [signal] closes the question
 * @returns {Promise<void>} throws Refused where the answer is no
 */
export async function agreeTo(address, signal = new AbortController().signal) {
  const text = t(
    "The search reads files of this catalogue from another site, which learns which parts of the sky you look at: {address}",
    { address },
  );
  const asked =
    answers.get(address) ??
    question({ title: t("Read from another site?"), text }, signal).then(({ yes }) => yes);
  answers.set(address, asked);
  if (await asked) return;
  answers.delete(address);
  throw new Refused(t("Nothing was read from {address}.", { address }));
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

/**
 * @param {{ title: string, text: string, again?: string }} words again: of a box that ends such questions
 * @param {AbortSignal} signal
 * @returns {Promise<{ yes: boolean, again: boolean }>}
 */
function question(words, signal) {
  const heading = make("h2", "", words.title);
  heading.id = "ask-title";
  const text = make("p", "ask-text", words.text);
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
    ...(words.again ? [make("label", "check ask-again", box, make("span", "", words.again))] : []),
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
      resolve({ yes: dialog.returnValue === "yes", again: box.checked });
    });
    dialog.showModal();
    yes.focus();
  });
}
