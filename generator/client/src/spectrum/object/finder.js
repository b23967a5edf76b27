/** What lies around an object: a chart with a choice of fields, its legend, and the same as a table. */
import { openFiles } from "../../catalogue/files.js";
import { rowsNear } from "../../catalogue/rows.js";
import { countText, t } from "../../shared/strings.js";
import { columnsOf, neighbours } from "./around.js";
import { drawFinder, keyMark, lengthText, make, symbol } from "./finder-chart.js";
import { placeIn } from "./find-object.js";
import { neighbourTable } from "./neighbour-table.js";

/**
 * @typedef {import("./around.js").Neighbour} Neighbour
 * @typedef {import("./around.js").Facts} Facts
 * @typedef {import("./find-object.js").Page} Page
 * @typedef {{ra: number, dec: number}} Place degrees
 * @typedef {{catalogue: string, match: string | null, title: string, address: string}} Entry of the legend
 */

/** Parameter of the address with the radius of the field in arcsec. */
export const AROUND = "around";

export class Finder {
  /** @type {AbortController | null} */
  #running = null;
  /** @type {Place | null} */
  #centre = null;

  /** @param {HTMLElement} root @param {Page} page @param {Record<string, Facts>} objects */
  constructor(root, page, objects) {
    const part = (/** @type {string} */ name) =>
      /** @type {any} */ (root.querySelector(`[data-finder="${name}"]`));
    this.root = root;
    this.page = page;
    this.objects = objects;
    this.svg = /** @type {SVGElement} */ (part("chart"));
    this.about = /** @type {SVGElement} */ (part("about"));
    this.legend = /** @type {HTMLElement} */ (part("legend"));
    this.note = /** @type {HTMLElement} */ (part("note"));
    this.table = /** @type {HTMLTableElement} */ (part("table"));
    this.fields = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('[name="around"]')]);
    this.entries = legendOf(page, objects);
    for (const field of this.fields) field.addEventListener("change", () => this.#choose(field.value));
    for (const name of ["pointerover", "focusin"])
      this.table.addEventListener(name, (event) => this.#point(/** @type {Element} */ (event.target)));
    for (const name of ["pointerleave", "focusout"])
      this.table.addEventListener(name, () => this.#point(null));
  }

  /** @param {Place | null} centre of an object; null hides the chart */
  show(centre) {
    this.#running?.abort();
    this.#centre = centre;
    this.root.hidden = !centre || !this.entries.length;
    if (this.root.hidden) return;
    const asked = new URLSearchParams(location.search).get(AROUND);
    const field = this.fields.find(({ value }) => value === asked);
    if (field) field.checked = true;
    this.#read();
  }

  /** @param {string} radius */
  #choose(radius) {
    const address = new URL(location.href);
    address.searchParams.set(AROUND, radius);
    // Designations contain plus signs, which URLSearchParams would escape: only this parameter is replaced.
    const others = location.search.replace(/^\?/, "").split("&");
    const kept = others.filter((one) => one && !one.startsWith(`${AROUND}=`));
    history.replaceState(history.state, "", `?${[...kept, `${AROUND}=${radius}`].join("&")}`);
    this.#read();
  }

  async #read() {
    this.#running?.abort();
    const controller = (this.#running = new AbortController());
    const radius = Number(this.fields.find(({ checked }) => checked)?.value ?? 60);
    const centre = /** @type {Place} */ (this.#centre);
    this.root.setAttribute("aria-busy", "true");
    this.note.classList.remove("bad");
    this.note.textContent = t("Reading what lies within {radius}…", { radius: lengthText(radius) });
    try {
      const found = await readAround(this.page, this.objects, centre, radius, controller.signal);
      if (this.#running === controller) this.#draw(found, radius);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.note.classList.add("bad");
      const { message } = /** @type {Error} */ (error);
      this.note.textContent = t("The neighbours could not be read: {message}", { message });
    } finally {
      if (this.#running === controller) this.root.removeAttribute("aria-busy");
    }
  }

  /** @param {Neighbour[]} found @param {number} radius arcsec */
  #draw(found, radius) {
    const place = (/** @type {Neighbour} */ one) =>
      this.entries.findIndex(
        ({ catalogue, match }) => catalogue === one.catalogue && match === (one.match?.name ?? null),
      );
    const years = drawFinder(this.svg, found, radius, place);
    const used = new Set(found.map(place));
    const arrows = years ? [arrowKey(years)] : [];
    this.legend.replaceChildren(
      ...this.entries.flatMap((one, at) => (used.has(at) ? [keyOf(one, at)] : [])),
      ...arrows,
    );
    const own = found.filter(({ match }) => !match).length;
    this.about.textContent = t(
      "Chart of {radius} around the object, north up and east to the left, with {own} places of this release and {other} objects of matched catalogues. The table lists them.",
      { radius: lengthText(radius), own: countText(own), other: countText(found.length - own) },
    );
    const rings = found.some(({ ring }) => ring !== null);
    this.note.textContent = [
      t("{n} places within {radius}", { n: found.length, radius: lengthText(radius) }),
      ...(rings ? [t("Of objects drawn as circles only the separation is known.")] : []),
    ].join(" · ");
    neighbourTable(this.table, found, this.entries, place, this.objects);
  }

  /** Show on the chart where the line of the table is. @param {Element | null} element */
  #point(element) {
    const key = element?.closest("tr")?.dataset.key;
    for (const group of this.svg.querySelectorAll("[data-key]"))
      group.classList.toggle("here", group.getAttribute("data-key") === key);
  }
}

/**
 * The rows around a place and the objects matched with them, by one question for each catalogue.
 * @param {Page} page @param {Record<string, Facts>} objects @param {Place} centre @param {number} radius arcsec
 * @param {AbortSignal} signal
 */
async function readAround(page, objects, centre, radius, signal) {
  const known = page.catalogues.filter(({ name }) => objects[name]);
  const files = await Promise.all(known.map(({ name }) => openFiles(name, page)));
  const positions = new Map(files.map(({ meta }) => [meta.name, meta.position]));
  const rows = known.map(({ name }) => {
    const there = new Set(files.find(({ meta }) => meta.name === name)?.meta.columns.map((one) => one.name));
    const columns = columnsOf(objects[name]).filter((column) => there.has(column));
    return rowsNear(page, name, centre.ra, centre.dec, radius, { signal, columns });
  });
  const found = (await Promise.all(rows)).flat().map(({ row }) => row);
  return neighbours(found, objects, (row) => placeIn(row, positions), centre);
}

/** The catalogues with positions, each followed by those that it is matched with. @param {Page} page @param {Record<string, Facts>} objects */
function legendOf(page, objects) {
  return page.catalogues.flatMap(({ name, title }) => {
    const facts = objects[name];
    if (!facts?.roles.ra || !facts.roles.dec) return [];
    const own = { catalogue: name, match: null, title, address: `catalogues/${name}.html` };
    const others = facts.matches.map((match) => ({
      catalogue: name,
      match: match.name,
      title: match.title,
      address: `matched.html#${match.name}`,
    }));
    return /** @type {Entry[]} */ ([own, ...others]);
  });
}

/** @param {Entry} entry @param {number} at */
function keyOf({ catalogue, title, address, match }, at) {
  const item = document.createElement("li");
  const mark = keyMark(symbol(at, 0, 0, 4.4, match !== null));
  const link = document.createElement("a");
  link.href = address;
  link.textContent = title;
  const name = document.createElement("code");
  name.textContent = match ?? catalogue;
  item.append(mark, name, link);
  return item;
}

/** @param {number} years */
function arrowKey(years) {
  const item = document.createElement("li");
  const mark = keyMark(make("path", { class: "finder-arrow", d: "M-6 4L6 -4M1 -4h5v5" }));
  item.append(mark, t("proper motion in {n} years", { n: years }));
  return item;
}
