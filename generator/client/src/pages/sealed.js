/** The page that replaces each page of an encrypted edition: asks for the passphrase, then shows the page. */
import { loadScript } from "../reading/scripts.js";
import { Cipher, deriveKey, isHeader } from "../sealed/cipher.js";
import { forgetKey, handedOn, keepKey, keeps, keptKey, keyText } from "../sealed/keep.js";
import { DamagedPiece } from "../sealed/pieces.js";
import { addLock, show } from "../sealed/show.js";
import { SealedVault } from "../sealed/vault.js";
import { applyTheme } from "../site/theme.js";

applyTheme();
const handed = handedOn();

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

document.addEventListener("DOMContentLoaded", () => {
  // Firefox treats a page that is left while loading as complete.
  if (element("unlock-note")) new Lock().begin();
});

/** The form that asks for the passphrase, and what it unlocks. */
class Lock {
  #root = new URL(JSON.parse(element("page").textContent).base, location.href.split(/[?#]/)[0]).href;
  #form = element("unlock");
  #field = element("passphrase");
  #note = element("unlock-note");
  #button = element("unlock-open");
  #stay = element("unlock-stay");
  #words = { ...this.#form.dataset };
  #header = loadScript(`${this.#root}sealed/header.js`, "chunk sealed header").catch(() => null);

  /** Open the page with the key passed on by the previous page, or ask for the passphrase. */
  begin() {
    if (!keeps()) element("unlock-stay-line").hidden = false;
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event));
    const kept = keptKey(this.#root, handed);
    if (!kept) return this.#ask();
    keepKey(this.#root, kept.key, kept.hand);
    this.#open(kept.key, kept.hand).catch((error) => {
      forgetKey(this.#root);
      this.#ask();
      this.#say(this.#inWords(error), true);
    });
  }

  /** @param {unknown} error */
  #inWords(error) {
    return error instanceof DamagedPiece
      ? (this.#words.piece ?? "").replace("{file}", error.file)
      : String(/** @type {any} */ (error)?.message ?? error);
  }

  /** @param {string} text */
  #say(text, bad = false) {
    this.#note.textContent = text;
    this.#note.classList.toggle("error-text", bad);
  }

  /** @param {boolean} on */
  #busy(on) {
    this.#button.disabled = on;
    this.#form.setAttribute("aria-busy", String(on));
  }

  #ask() {
    this.#form.hidden = false;
    element("unlock-wait").hidden = true;
    this.#busy(false);
    this.#field.focus();
  }

  async #about() {
    const about = await this.#header;
    if (!isHeader(about)) throw new Error(this.#words.damaged);
    return about;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    this.#busy(true);
    this.#say(this.#words.opening);
    try {
      const key = await deriveKey(this.#field.value, await this.#about());
      if (!key) {
        this.#say(this.#words.wrong, true);
        this.#busy(false);
        this.#field.select();
        return;
      }
      keepKey(this.#root, key, this.#stay.checked);
      await this.#open(key, this.#stay.checked);
    } catch (error) {
      this.#say(this.#inWords(error), true);
      this.#busy(false);
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} key @param {boolean} hand whether the next page opens without a passphrase from disc */
  async #open(key, hand) {
    const about = await this.#about();
    const vault = await SealedVault.open(this.#root, new Cipher(key, about.pieces), about, {
      hand: hand && !keeps() ? keyText(key) : null,
      failed: (error) => announce(this.#inWords(error)),
    });
    const html = await vault.file(vault.pageAt(location.href));
    if (!html) throw new Error(this.#words.missing);
    const scope = /** @type {any} */ (globalThis);
    scope.drportal.vault = vault;
    const lock = () => {
      forgetKey(this.#root);
      location.reload();
    };
    await show(new TextDecoder().decode(html), vault, () => {
      addLock(this.#words.lock ?? "", lock);
      // A page that replaces this one does not scroll to its fragment by itself.
      if (location.hash) location.replace(location.hash);
      document.addEventListener("contextmenu", ({ target }) => nameForElsewhere(target, vault));
    });
  }
}

/** Set up a link that opens elsewhere, without the key. @param {EventTarget | null} target @param {SealedVault} vault */
function nameForElsewhere(target, vault) {
  const link = target instanceof Element ? target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  const url = new URL(link.href);
  vault.rename(url);
  if (url.href !== link.href) link.href = url.href;
}

/** @param {string} text of something that failed after the page was shown */
function announce(text) {
  const place = element("announce") ?? document.body;
  place.textContent = text;
  place.classList.remove("visually-hidden");
  place.classList.add("sealed-failed");
}
