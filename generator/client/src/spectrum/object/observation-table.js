/** The table of an object's observations: a line for each, all values of its row below it on request. */
import { APART } from "../../search/columns.js";
import { t } from "../../shared/strings.js";
import { spectrumAddress } from "../spectra-links.js";
import { handOver } from "../spectra-list.js";
import { rowValues } from "./object-rows.js";
import { MOST } from "./observations.js";
import { colourOf } from "./overlay.js";

/**
 * @typedef {import("./observations.js").Observation} Observation
 * @typedef {object} Context
 * @property {import("./find-object.js").Page} page
 * @property {Record<string, import("./find-object.js").Facts>} objects
 * @property {string} back address of this page
 * @property {(of: number, on: boolean) => void} onToggle
 */

/** @param {HTMLTableElement} table @param {Observation[]} observations @param {Context} context */
export function showObservations(table, observations, context) {
  const { page, back } = context;
  /** @type {Map<string, string[]>} ids of each set, in order */
  const ids = new Map();
  for (const { of, spectrum, id } of observations)
    if (of !== null && spectrum) ids.set(spectrum.set.name, [...(ids.get(spectrum.set.name) ?? []), id]);
  const lead = (/** @type {Observation} */ { spectrum, id }) => {
    if (!spectrum) return document.createTextNode(id);
    const { set } = spectrum;
    const own = String(spectrum.spectrum.id);
    const link = document.createElement("a");
    link.href = spectrumAddress(page, [set], own);
    link.textContent = id;
    handOver(link, page.release.id, { set: set.name, ids: ids.get(set.name) ?? [], back }, own);
    return link;
  };
  const listed = observations.filter((one) => one.listed);
  table.tBodies[0].replaceChildren(...listed.map((one, k) => lineOf(one, k, lead(one), context)));
  const only = table.querySelectorAll("[aria-controls]");
  if (only.length === 1) /** @type {HTMLElement} */ (only[0]).click();
}

/** @param {Observation} one @param {number} k @param {Node} name @param {Context} context */
function lineOf(one, k, name, { page, objects, onToggle }) {
  const { id, catalogue, arm, summary, found, of, spectrum } = one;
  const line = document.createElement("tr");
  line.dataset.id = id;
  line.dataset.catalogue = catalogue;
  if (of !== null) line.dataset.spectrum = spectrum?.set.name;
  const shown = line.insertCell();
  shown.className = "nowrap";
  if (of !== null) shown.append(tick(id, of, onToggle));
  const day = summary.day < Infinity ? `MJD ${summary.day}` : "";
  const date = line.insertCell();
  date.className = "nowrap num";
  date.textContent = summary.date || day;
  if (summary.date) date.title = day;
  const head = document.createElement("th");
  head.scope = "row";
  head.className = "mono";
  head.append(name);
  line.append(head);
  const from = line.insertCell();
  const title = page.catalogues.find((other) => other.name === catalogue)?.title;
  from.append(title ? catalogueLink(catalogue, title) : (spectrum?.set.title ?? ""));
  for (const text of [arm, summary.kind, summary.snr, summary.speed]) line.insertCell().textContent = text;
  const apart = line.insertCell();
  apart.className = "num";
  apart.textContent = found?.apart === null || !found ? "" : found.apart.toFixed(APART);
  const last = line.insertCell();
  if (found) last.append(opener(line, found, `observation-${k}`, objects));
  return line;
}

/** @param {string} id @param {number} of @param {Context["onToggle"]} onToggle */
function tick(id, of, onToggle) {
  const label = document.createElement("label");
  label.className = "observation-tick";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  box.setAttribute("aria-label", t("Show {id} in the plot", { id }));
  box.addEventListener("change", () => onToggle(of, box.checked));
  const swatch = document.createElement("i");
  swatch.className = `swatch ${colourOf(of)}`;
  label.append(box, swatch);
  return label;
}

/** @param {string} name @param {string} title */
function catalogueLink(name, title) {
  const link = document.createElement("a");
  link.href = `catalogues/${name}.html`;
  link.title = title;
  link.textContent = name;
  return link;
}

/**
 * The button that opens the values of a row below its line. They are written when they are first wanted: there may be many rows.
 * @param {HTMLTableRowElement} line @param {import("./find-object.js").Found} found @param {string} id
 * @param {Context["objects"]} objects
 */
function opener(line, { row }, id, objects) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small observation-values";
  button.textContent = t("Values");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", id);
  button.setAttribute("aria-label", `${t("Values")} ${line.dataset.id}, ${row.catalogue}`);
  /** @type {HTMLTableRowElement | null} */
  let below = null;
  button.addEventListener("click", () => {
    if (!below) {
      below = document.createElement("tr");
      below.id = id;
      below.className = "observation-row";
      below.dataset.catalogue = row.catalogue;
      const cell = below.insertCell();
      cell.colSpan = line.cells.length;
      cell.append(...rowValues(row, objects[row.catalogue]?.typical ?? []));
      below.hidden = true;
      line.after(below);
    }
    below.hidden = !below.hidden;
    button.setAttribute("aria-expanded", String(!below.hidden));
  });
  return button;
}

/**
 * Links to searches for the rows of each catalogue.
 * @param {HTMLElement} place @param {import("./find-object.js").Found[]} found @param {{name: string, title: string}[]} catalogues
 * @param {(catalogue: string) => string | null} search address of a search
 */
export function linkSearches(place, found, catalogues, search) {
  const links = catalogues.flatMap(({ name, title }) => {
    const count = found.filter(({ row }) => row.catalogue === name).length;
    const address = count ? search(name) : null;
    if (!address) return [];
    const link = document.createElement("a");
    link.href = address;
    link.textContent = title;
    const item = document.createElement("li");
    item.append(link, " ");
    item.append(
      count > MOST
        ? t("{n} rows, of which the first {most} are listed", { n: count, most: MOST })
        : t("{n} rows", { n: count }),
    );
    return [item];
  });
  place.hidden = !links.length;
  place.querySelector("ul")?.replaceChildren(...links);
}
