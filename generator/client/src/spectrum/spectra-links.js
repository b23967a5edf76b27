/** Links from the rows of a result to the pages of their spectra and objects, all on this site. */
import { t } from "../shared/strings.js";
import { handOver } from "./spectra-list.js";
import { lazily } from "../shared/lazy.js";
import { parseId } from "./data/ids.js";

/**
 * @typedef {import("../shared/page.js").SpectraEntry} SpectraEntry
 * @typedef {import("../shared/page.js").Page} Page
 * @typedef {import("../results/table/row-links.js").Place} Place
 */

const loadSets = lazily(() => import("./data/set.js"));

/** Sets of observed spectra; templates belong to no row. @param {{spectra?: SpectraEntry[]}} page */
export const observedSets = ({ spectra = [] }) => spectra.filter((set) => !set.templates_of);

/**
 * The address of a spectrum's page.
 * @param {{spectra?: SpectraEntry[]}} page @param {SpectraEntry[]} sets that may have it @param {string} id
 */
export function spectrumAddress(page, sets, id) {
  const { id: column, name } = sets[0];
  const several = observedSets(page).filter((set) => set.id === column).length > 1;
  const which = sets.length === 1 && several ? `&set=${encodeURIComponent(name)}` : "";
  return `spectrum.html?${encodeURIComponent(column)}=${encodeURIComponent(id)}${which}`;
}

/** The address of the object's page. @type {typeof spectrumAddress} */
export const objectAddress = (page, sets, id) =>
  spectrumAddress(page, sets, id).replace("spectrum.html", "object.html");

/**
 * The address in a text, if it is one that `spectrum()` in SQL writes: nothing else becomes a link.
 * @param {{spectra?: SpectraEntry[]}} page @param {string} text
 */
export function spectrumLink(page, text) {
  const [, parameter, value, name] =
    /^spectrum\.html\?([^=&#\s]{1,600})=([^&#\s]{1,600})(?:&set=(\w+))?$/.exec(text) ?? [];
  if (!parameter) return null;
  try {
    const column = decodeURIComponent(parameter);
    const sets = observedSets(page).filter((set) => set.id === column && (!name || set.name === name));
    const id = decodeURIComponent(value);
    if (!sets.some((set) => parseId(id, set.datatype) !== null)) return null;
    const which = name ? `&set=${name}` : "";
    return `spectrum.html?${encodeURIComponent(column)}=${encodeURIComponent(id)}${which}`;
  } catch {
    return null;
  }
}

/**
 * The spectra that rows may have: those of their catalogue's own sets, otherwise of sets whose ids have the name of a column.
 * @param {Page} page @param {string[]} names columns of the rows @param {string | null} [catalogue] that they are of
 * @returns {RowSpectra | null} null where they have no such column
 */
export function rowSpectra(page, names, catalogue = null) {
  const columnOf = (/** @type {SpectraEntry} */ set) =>
    names.find((name) => name === set.id) ??
    names.find((name) => name.toLowerCase() === set.id.toLowerCase());
  const all = observedSets(page).filter(columnOf);
  const own = all.filter((set) => set.catalogue !== null && set.catalogue === catalogue);
  const [first, ...rest] = own.length ? own : all;
  if (!first) return null;
  const column = /** @type {string} */ (columnOf(first));
  return new RowSpectra(page, [first, ...rest.filter((set) => columnOf(set) === column)], column);
}

export class RowSpectra {
  /** @param {Page} page @param {SpectraEntry[]} sets @param {string} column of their ids */
  constructor(page, sets, column) {
    this.page = page;
    this.sets = sets;
    this.column = column;
  }

  /** @param {unknown} value of the column @returns {string | null} null where it cannot be the id of a spectrum */
  id(value) {
    if (value === null || value === undefined) return null;
    const text = String(value);
    return this.sets.some((set) => parseId(text, set.datatype) !== null) ? text : null;
  }

  /** Whether one of the sets has the spectrum. @param {string} id */
  async has(id) {
    const { openSet } = await loadSets();
    for (const { name, datatype } of this.sets) {
      const parsed = parseId(id, datatype);
      if (parsed !== null && (await (await openSet(this.page, name)).has([parsed]))[0]) return true;
    }
    return false;
  }

  /**
   * Links of one row.
   * @param {unknown} value its id @param {() => Promise<unknown[]>} near ids of the rows around it, in their order
   * @returns {Place[]}
   */
  places(value, near) {
    const id = this.id(value);
    if (id === null) return [];
    const { page, sets } = this;
    const list = near().then((values) => {
      const ids = values.flatMap((one) => this.id(one) ?? []);
      const back = `${location.pathname.split("/").pop() || "index.html"}${location.search}`;
      return { set: sets[0].name, ids: [...new Set(ids)], back };
    });
    const ready = async (/** @type {HTMLAnchorElement} */ link) =>
      handOver(link, page.release.id, await list, id);
    const known = this.has(id);
    const spectrum = {
      name: t("Spectrum"),
      address: spectrumAddress(page, sets, id),
      here: true,
      ready: async (/** @type {HTMLAnchorElement} */ link) => {
        await ready(link);
        if (await known) return;
        link.classList.add("absent");
        link.textContent = t("No spectrum of this row in this release");
      },
    };
    const object = {
      name: t("Object"),
      address: objectAddress(page, sets, id),
      here: true,
      ready,
    };
    return [spectrum, object];
  }
}
