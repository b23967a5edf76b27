/** The previous and the next object in the list that the reader came from. */
import { countText } from "../../shared/strings.js";
import { objectAddress } from "../spectra-links.js";
import { handOver, readList } from "../spectra-list.js";

/**
 * @param {import("./find-object.js").Page} page @param {import("./spectra-order.js").Listed[]} spectra of the object shown
 * @param {{before: HTMLAnchorElement, next: HTMLAnchorElement, back: HTMLAnchorElement, at: HTMLElement}} parts
 */
export function showSteps(page, spectra, parts) {
  for (const { set, spectrum } of spectra) {
    const list = readList(page.release.id, set.name, String(spectrum.id));
    if (!list) continue;
    const mine = new Set(spectra.filter((one) => one.set === set).map((one) => String(one.spectrum.id)));
    const asked = new URLSearchParams(location.search).get(set.id);
    const at = list.ids.indexOf(asked !== null && list.ids.includes(asked) ? asked : String(spectrum.id));
    // Epochs of one target are neighbours in many lists: a step leads to another object.
    const before = list.ids.slice(0, at).findLast((id) => !mine.has(id));
    const next = list.ids.slice(at + 1).find((id) => !mine.has(id));
    const lead = (/** @type {HTMLAnchorElement} */ link, /** @type {string | undefined} */ id) => {
      link.hidden = id === undefined;
      if (id === undefined) return;
      link.href = objectAddress(page, [set], id);
      handOver(link, page.release.id, list, id);
    };
    lead(parts.before, before);
    lead(parts.next, next);
    parts.back.hidden = !list.back;
    if (list.back) parts.back.href = list.back;
    parts.at.textContent = `${countText(at + 1)} / ${countText(list.ids.length)}`;
    return true;
  }
  return false;
}
