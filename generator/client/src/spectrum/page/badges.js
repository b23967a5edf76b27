/** Class, redshift and signal to noise of a spectrum at a glance, and the link to its object. */
import { t } from "../../shared/strings.js";
import { isRedshift } from "../facts.js";
import { objectAddress } from "../spectra-links.js";

/**
 * Class and subclass, as far as the header has them.
 * @param {Record<string, any>} facts
 */
export const kindOf = ({ class: kind, subclass }) =>
  [kind, subclass].filter((word) => word && word !== "Non").join(" ");

/**
 * @param {import("../../shared/page.js").Page} page @param {import("../../shared/page.js").SpectraEntry | null} set null: a file of the reader's
 * @param {import("../data/set.js").Spectrum} spectrum @returns {HTMLElement[]}
 */
export function badgesOf(page, set, { facts, id }) {
  const badge = (/** @type {string} */ text, look = "") => {
    const made = document.createElement("span");
    made.className = `badge ${look}`.trim();
    made.textContent = text;
    return made;
  };
  const bands = typeof facts.snr === "object" && facts.snr ? Object.entries(facts.snr) : [["", facts.snr]];
  const ratios = bands.filter(([, value]) => typeof value === "number" && value > -99);
  const ratio = ratios.find(([band]) => band === "r" || band === "") ?? ratios[0];
  const kind = kindOf(facts);
  const link = document.createElement("a");
  if (set) link.href = objectAddress(page, [set], String(id));
  link.textContent = t("Object");
  return [
    ...(kind ? [badge(kind, "accent")] : []),
    ...(isRedshift(facts.z) ? [badge(`z ${Number(facts.z.toPrecision(6))}`)] : []),
    ...(ratio ? [badge(["S/N", ratio[0], Number(ratio[1].toPrecision(3))].filter(Boolean).join(" "))] : []),
    ...(facts.simulated ? [badge(t("simulated"), "warn")] : []),
    set ? link : badge(t("your own file")),
  ];
}
