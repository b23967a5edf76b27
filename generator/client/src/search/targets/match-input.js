/** The part of the form that matches the rows with another catalogue: which one, how near, which columns. */
import { RADIUS_UNITS, greyRadius, readRadius } from "../position.js";
import { Refused, writeNames } from "../grammar.js";
import { t } from "../../shared/strings.js";
import { FILE, matchRadius, parseCarried, parseWith, writeWith } from "./match-link.js";
import { RADIUS } from "./target-link.js";

/** @typedef {import("./match-link.js").MatchSearch} MatchSearch */

export class MatchInput {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    const get = (/** @type {string} */ name) =>
      /** @type {any} */ (place.querySelector(`[data-match="${name}"]`));
    /** @type {HTMLSelectElement} */
    this.other = get("with");
    /** @type {HTMLInputElement} */
    this.radius = get("radius");
    /** @type {HTMLSelectElement} */
    this.unit = get("unit");
    /** @type {HTMLSelectElement} */
    this.match = get("match");
    /** @type {HTMLInputElement} */
    this.columns = get("columns");
    /** @type {File | null} */
    this.file = null;
    const input = /** @type {HTMLInputElement} */ (get("file"));
    input.addEventListener("change", () => this.#take(input.files?.[0] ?? null));
    this.grey();
  }

  /** The reader has picked a file to match with. @param {File | null} file */
  #take(file) {
    if (!file) return;
    this.file = file;
    const name = file.name.replace(/[:\s]+/g, "_");
    const value = writeWith({ release: FILE, catalogue: name });
    [...this.other.options].find((one) => one.value.startsWith(`${FILE}:`))?.remove();
    this.other.add(new Option(file.name, value));
    this.other.value = value;
  }

  get used() {
    return this.other.value !== "";
  }

  /** @returns {MatchSearch | null} null where no catalogue is chosen; throws Refused */
  read() {
    if (!this.used) return null;
    const text = this.radius.value.trim();
    return {
      ...parseWith(this.other.value),
      match: /** @type {"all" | "nearest"} */ (this.match.value),
      radius: text ? matchRadius(readRadius(text, this.unit.value)) : RADIUS,
      columns: parseCarried(this.columns.value),
    };
  }

  /** @param {MatchSearch} search @returns {HTMLOptionElement} that stands for its catalogue; throws Refused where there is none */
  optionOf(search) {
    const value = writeWith(search);
    if (search.release === FILE && !(this.file && [...this.other.options].some((one) => one.value === value)))
      throw new Refused(
        t("This match is with the file {name}, which is not in the link: choose it.", {
          name: search.catalogue,
        }),
      );
    const option = [...this.other.options].find((one) => one.value === value);
    if (!option || !value)
      throw new Refused(t("There is no catalogue “{name}” to match with.", { name: value }));
    return option;
  }

  /** @param {MatchSearch} search */
  show(search) {
    this.other.value = writeWith(search);
    this.match.value = search.match;
    const unit = RADIUS_UNITS[this.unit.value] ?? 1;
    this.radius.value = search.radius === RADIUS ? "" : String(search.radius / unit);
    this.columns.value = search.columns ? writeNames(search.columns) : "";
  }

  /** The default radius is the same in every unit. */
  grey() {
    this.radius.placeholder = greyRadius(RADIUS, this.unit.value);
  }
}
