/** The search in one line, while its form is folded: a chip for each part, which opens its field or removes the part. */
import { t } from "../../shared/strings.js";
import { writeItems } from "../grammar.js";
import { FILE, writeWith } from "../targets/match-link.js";

/**
 * @typedef {import("../permalink.js").Search} Search
 * @typedef {import("./form.js").SearchForm} SearchForm
 * @typedef {object} Part
 * @property {string} name of the column, or what it is
 * @property {string} text
 * @property {string} [column] whose field it is
 * @property {boolean} [code] the name is that of a column
 * @property {string} [place] selector of the field, for other parts
 * @property {Search} [rest] the search without it; without this, it cannot be removed
 */

/** Characters of a chip; the rest of a list of values is in the form. */
const LONGEST = 60;

/** @param {import("../grammar.js").Item[]} items */
function compared(items) {
  const [item] = items;
  if (items.length > 1 || item.kind !== "range") return writeItems(items);
  const [above, below] = [item.above ? ">" : "", item.below ? "<" : ""];
  if (item.low && item.high) return `${above}${item.low} – ${below}${item.high}`;
  return item.low ? `${above || "≥"} ${item.low}` : `${below || "≤"} ${item.high}`;
}

/** @param {number[]} values degrees */
const angles = (...values) => values.map((value) => String(Number(value.toFixed(5))));

/** Where on the sky. @param {Search} search @returns {Part | null} */
function regionOf({ region, targets, list, match, whole }) {
  if (targets || list) {
    const { parsed } = list ?? {};
    const n =
      targets?.targets.rows.length ?? (parsed && "count" in parsed ? parsed.count : parsed?.entries.length);
    return { name: t("List"), text: t("{n} targets", { n: n ?? 0 }), place: ".region-list textarea" };
  }
  if (match) {
    const other = match.release === FILE ? match.catalogue : writeWith(match);
    return { name: t("Match"), text: `${other}, ${match.radius}″`, place: ".region-match select" };
  }
  if (region?.type === "cone") {
    const text = [...angles(region.ra, region.dec), `${region.radius}″`].join(", ");
    return { name: t("Cone"), text, place: ".region-cone input" };
  }
  if (region?.type === "box") {
    const [west, east, south, north] = angles(region.ra_min, region.ra_max, region.dec_min, region.dec_max);
    return { name: t("Box"), text: `${west} – ${east}, ${south} – ${north}`, place: ".region-box input" };
  }
  if (region)
    return {
      name: t("Polygon"),
      text: t("{n} corners", { n: region.points.length / 2 }),
      place: ".region-polygon textarea",
    };
  return whole ? { name: t("Whole sky"), text: "", place: '[data-part="region"]:checked' } : null;
}

/** @param {import("../permalink.js").Constraint} constraint @param {import("../columns.js").Column[]} filters */
function named({ column, items }, filters) {
  const { filter } = filters.find(({ name }) => name === column) ?? {};
  const [item, ...more] = items;
  if (!filter || more.length || item?.kind !== "value")
    return { name: column, text: compared(items), code: true };
  const text = /^(true|1|yes)$/i.test(item.text) ? t("yes") : t("no");
  return { name: filter.title, text };
}

/**
 * What a search consists of.
 * @param {Search} search @param {boolean} placed whether the catalogue has positions
 * @param {import("../columns.js").Column[]} [filters] of the form
 * @returns {Part[]}
 */
export function partsOf(search, placed, filters = []) {
  const without = (/** @type {Partial<Search>} */ change) => {
    const rest = { ...search, ...change };
    const asks = rest.region || rest.targets || rest.list || rest.match || rest.constraints.length;
    return { ...rest, whole: placed && !asks };
  };
  const region = regionOf(search);
  const nowhere = { region: null, targets: null, list: null, match: null };
  const { constraints, limit } = search;
  return [
    ...(region ? [search.whole && !constraints.length ? region : { ...region, rest: without(nowhere) }] : []),
    ...constraints.map((one) => ({
      ...named(one, filters),
      column: one.column,
      rest: without({ constraints: constraints.filter((other) => other !== one) }),
    })),
    ...(limit === null
      ? []
      : [
          {
            name: t("At most"),
            text: t("{n} rows", { n: limit }),
            place: '[data-part="limit"]',
            rest: without({ limit: null }),
          },
        ]),
  ];
}

/** @param {string} text */
const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

export class Chips {
  /**
   * @param {HTMLElement} place a list
   * @param {{open: (form: SearchForm, part: Part) => void, search: (form: SearchForm, rest: Search) => void}} handlers
   */
  constructor(place, handlers) {
    this.place = place;
    this.handlers = handlers;
  }

  /** @param {SearchForm} form @param {Search} search */
  show(form, search) {
    const title = { name: form.element.dataset.title ?? form.form.name, text: "" };
    const parts = [title, ...partsOf(search, Boolean(form.form.position), form.form.filters)];
    this.place.replaceChildren(...parts.map((part) => this.#chip(form, part)));
  }

  /** @param {SearchForm} form @param {Part} part */
  #chip(form, part) {
    const { name, text, rest } = part;
    const chip = document.createElement("li");
    chip.className = "chip";
    const open = document.createElement("button");
    open.type = "button";
    open.title = t("Change {name}", { name });
    const label = document.createElement("span");
    label.className = part.code ? "chip-name mono" : "chip-name";
    label.textContent = name;
    open.append(label, text && ` ${short(text)}`);
    open.addEventListener("click", () => this.handlers.open(form, part));
    chip.append(open);
    if (!rest) return chip;
    const off = document.createElement("button");
    off.type = "button";
    off.className = "chip-off";
    off.setAttribute("aria-label", t("Remove {name}", { name }));
    off.addEventListener("click", () => this.handlers.search(form, rest));
    chip.append(off);
    return chip;
  }
}
