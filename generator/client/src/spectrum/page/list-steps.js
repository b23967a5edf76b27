/** The list that the reader came from: this spectrum's position in it, the previous one, the next one, and the way back. */
import { t } from "../../shared/strings.js";
import { find } from "../viewer/controls.js";
import { spectrumAddress } from "../spectra-links.js";
import { readList, writeList } from "../spectra-list.js";

/** @typedef {import("../../shared/page.js").SpectraEntry} SpectraEntry */

export class Steps {
  #page;
  #go;
  /** @type {{list: import("../spectra-list.js").List, at: number, set: SpectraEntry} | null} */
  #here = null;

  /** @param {import("../../shared/page.js").Page} page @param {(set: SpectraEntry, id: string) => void} go */
  constructor(page, go) {
    this.#page = page;
    this.#go = go;
    for (const [id, step] of /** @type {const} */ ([
      ["list-previous", -1],
      ["list-next", 1],
    ]))
      find(id).addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        this.turn(step);
      });
  }

  /** @param {SpectraEntry} set @param {string} id the spectrum shown */
  show(set, id) {
    const list = readList(this.#page.release.id, set.name, id);
    this.#here = list && { list, at: list.ids.indexOf(id), set };
    find("spectrum-list").hidden = !list;
    if (!list || !this.#here) return;
    const { at } = this.#here;
    find("list-at").textContent = t("{at} of {n}", { at: at + 1, n: list.ids.length });
    const lead = (/** @type {string} */ link, /** @type {string | undefined} */ to) => {
      if (to === undefined) find(link).removeAttribute("href");
      else find(link).setAttribute("href", spectrumAddress(this.#page, [set], to));
    };
    lead("list-previous", list.ids[at - 1]);
    lead("list-next", list.ids[at + 1]);
    const back = /** @type {HTMLAnchorElement} */ (find("list-back"));
    back.hidden = !list.back;
    if (list.back) back.href = list.back;
  }

  /** The keys n and p. @param {KeyboardEvent} event @returns {boolean} whether it was one of them and there was such a spectrum */
  key({ key }) {
    return this.turn({ n: 1, p: -1 }[key] ?? 0);
  }

  /** Go to the next or the previous spectrum of the list. @param {number} step @returns {boolean} whether there is one */
  turn(step) {
    const to = step && this.#here ? this.#here.list.ids[this.#here.at + step] : undefined;
    if (!this.#here || to === undefined) return false;
    const { list, set } = this.#here;
    writeList(this.#page.release.id, list, to);
    this.#go(set, to);
    return true;
  }
}
