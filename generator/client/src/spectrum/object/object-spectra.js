/** The list of an object's spectra, by date, each with its colour in the plot and a link to its page. */
import { t } from "../../shared/strings.js";
import { spectrumAddress } from "../spectra-links.js";
import { handOver } from "../spectra-list.js";
import { colourOf } from "./overlay.js";

/**
 * @typedef {import("./find-object.js").Whole["spectra"][number] & {summary: import("./spectrum-summary.js").Summary}} Listed
 */

/**
 * @param {HTMLElement} body of the table @param {Listed[]} spectra in order
 * @param {import("./find-object.js").Page} page @param {string} back address of this page
 * @param {(index: number, on: boolean) => void} onToggle
 */
export function showList(body, spectra, page, back, onToggle) {
  /** @type {Map<string, string[]>} ids of each set, in order */
  const ids = new Map();
  for (const { set, spectrum } of spectra)
    ids.set(set.name, [...(ids.get(set.name) ?? []), String(spectrum.id)]);
  body.replaceChildren(
    ...spectra.map(({ set, spectrum, summary }, k) => {
      const id = String(spectrum.id);
      const line = document.createElement("tr");
      line.dataset.id = id;
      line.dataset.set = set.name;
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.setAttribute("aria-label", t("Show {id} in the plot", { id }));
      box.addEventListener("change", () => onToggle(k, box.checked));
      const swatch = document.createElement("i");
      swatch.className = `swatch ${colourOf(k)}`;
      const first = line.insertCell();
      first.className = "nowrap";
      first.append(box, swatch);
      const head = document.createElement("th");
      head.scope = "row";
      const link = document.createElement("a");
      link.className = "mono";
      link.href = spectrumAddress(page, [set], id);
      link.textContent = id;
      handOver(link, page.release.id, { set: set.name, ids: ids.get(set.name) ?? [], back }, id);
      head.append(link);
      line.append(head);
      const day = summary.day < Infinity ? `MJD ${summary.day}` : "";
      for (const text of [summary.date || day, summary.kind, summary.snr, summary.speed, set.title]) {
        const cell = line.insertCell();
        cell.textContent = text;
        if (text === summary.date) cell.title = day;
      }
      line.cells[2].className = "nowrap num";
      return line;
    }),
  );
}

/** By date, and within a day by id. @param {Listed[]} spectra */
export function byDate(spectra) {
  const text = (/** @type {Listed} */ { set, spectrum }) =>
    `${set.name} ${String(spectrum.id).padStart(20, "0")}`;
  return spectra.toSorted((a, b) => a.summary.day - b.summary.day || (text(a) < text(b) ? -1 : 1));
}
