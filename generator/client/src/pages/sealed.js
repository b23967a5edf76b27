/** The page that stands in the place of each page of an encrypted edition: asks for the passphrase, then shows the page. */
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
  // Firefox takes a page that is left while it comes for a whole one.
  if (!element("unlock-told")) return;
  const page = JSON.parse(element("page").textContent);
  const root = new URL(page.base, location.href.split(/[?#]/)[0]).href;
  const form = element("unlock");
  const [field, told, button, stay] = ["passphrase", "unlock-told", "unlock-open", "unlock-stay"].map(
    element,
  );
  const words = { ...form.dataset };
  if (!keeps()) element("unlock-stay-line").hidden = false;
  const header = loadScript(`${root}sealed/header.js`, "chunk sealed header").catch(() => null);

  /** @param {unknown} error */
  const inWords = (error) =>
    error instanceof DamagedPiece
      ? (words.piece ?? "").replace("{file}", error.file)
      : String(/** @type {any} */ (error)?.message ?? error);
  /** @param {string} text */
  const say = (text, bad = false) => {
    told.textContent = text;
    told.classList.toggle("error-text", bad);
  };
  const busy = (/** @type {boolean} */ on) => {
    button.disabled = on;
    form.setAttribute("aria-busy", String(on));
  };
  const ask = () => {
    form.hidden = false;
    element("unlock-wait").hidden = true;
    busy(false);
    field.focus();
  };

  /** @param {Uint8Array<ArrayBuffer>} key @param {boolean} hand whether the next page is to open by itself from disc */
  async function open(key, hand) {
    const about = await header;
    if (!isHeader(about)) throw new Error(words.damaged);
    const vault = await SealedVault.open(root, new Cipher(key, about.pieces), about, {
      hand: hand && !keeps() ? keyText(key) : null,
      failed: (error) => announce(inWords(error)),
    });
    const path = vault.pageAt(location.href);
    const html = await vault.file(path);
    if (!html) throw new Error(words.missing);
    const scope = /** @type {any} */ (globalThis);
    scope.drportal.vault = vault;
    const lock = () => {
      forgetKey(root);
      location.reload();
    };
    await show(new TextDecoder().decode(html), vault, () => {
      addLock(words.lock ?? "", lock);
      // A page that was written is not taken to its place by itself.
      if (location.hash) location.replace(location.hash);
      document.addEventListener("contextmenu", ({ target }) => {
        const link = target instanceof Element ? target.closest("a[href]") : null;
        if (!(link instanceof HTMLAnchorElement)) return;
        const url = new URL(link.href);
        vault.rename(url);
        if (url.href !== link.href) link.href = url.href; // as it is opened elsewhere, without the key
      });
    });
  }

  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    busy(true);
    say(words.opening);
    try {
      const about = await header;
      if (!isHeader(about)) throw new Error(words.damaged);
      const key = await deriveKey(field.value, about);
      if (!key) {
        say(words.wrong, true);
        busy(false);
        field.select();
        return;
      }
      keepKey(root, key, stay.checked);
      await open(key, stay.checked);
    } catch (error) {
      say(inWords(error), true);
      busy(false);
    }
  });

  const kept = keptKey(root, handed);
  if (!kept) return ask();
  keepKey(root, kept.key, kept.hand);
  open(kept.key, kept.hand).catch((error) => {
    forgetKey(root);
    ask();
    say(inWords(error), true);
  });
});

/** @param {string} text of something that failed after the page was shown */
function announce(text) {
  const place = element("announce") ?? document.body;
  place.textContent = text;
  place.classList.remove("visually-hidden");
  place.classList.add("sealed-failed");
}
