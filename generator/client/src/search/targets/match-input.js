/** The part of the form that matches the rows with another catalogue: which one, how near, which columns. */
import { RADIUS_UNITS, greyRadius, readRadius } from "../position.js";
import { Refused } from "../grammar.js";
import { t } from "../../shared/strings.js";
import { CarriedInput } from "./carried-input.js";
import { FILE, FOLDER, SITE, matchRadius, parseWith, writeWith } from "./match-link.js";
import { RADIUS } from "./target-link.js";

/** @typedef {import("./match-link.js").MatchSearch} MatchSearch */
/** @typedef {Pick<MatchSearch, "release" | "catalogue">} With */

/** A name that can be in a link. @param {string} name */
const linkable = (name) => name.replace(/[:\s]+/g, "_");

export class MatchInput {
  /** What the columns of a catalogue are; set by the page. @type {(asked: With) => Promise<import("./carried-input.js").Offered[]>} */
  columnsOf = async () => [];
  /** Picked by the reader. @type {File | null} */
  file = null;
  /** @type {File[]} */
  folder = [];

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
    /** Sites that may be read. */
    this.sites = (place.dataset.sites ?? "").split(" ").filter(Boolean);
    this.carried = new CarriedInput(get("carried"), async () =>
      this.used ? this.columnsOf(parseWith(this.other.value)) : [],
    );
    for (const what of [FILE, FOLDER]) {
      const input = /** @type {HTMLInputElement} */ (get(what));
      input.addEventListener("change", () => this.#take(what, [...(input.files ?? [])]));
    }
    const address = /** @type {HTMLInputElement | null} */ (get("address"));
    address?.addEventListener("change", () => this.#visit(address.value.trim()));
    this.other.addEventListener("change", () => this.carried.clear());
    this.grey();
  }

  /** The reader has picked a file, or the files of a folder, to match with. @param {string} what @param {File[]} files */
  #take(what, files) {
    const [first] = files;
    if (!first) return;
    if (what === FILE) this.file = first;
    else this.folder = files;
    const label = (what === FOLDER && first.webkitRelativePath.split("/")[0]) || first.name;
    this.#choose(label, { release: what, catalogue: linkable(label) });
  }

  /** The reader has written an address. @param {string} text */
  #visit(text) {
    if (text) this.#choose(text, { release: SITE, catalogue: text });
  }

  /** @param {string} label @param {With} asked */
  #choose(label, asked) {
    this.#option(label, asked);
    this.other.value = writeWith(asked);
    this.carried.clear();
  }

  /** The one option of its kind. @param {string} label @param {With} asked */
  #option(label, { release, catalogue }) {
    [...this.other.options].find((one) => one.dataset.kind === release)?.remove();
    const option = new Option(label, writeWith({ release, catalogue }));
    option.dataset.kind = release;
    this.other.add(option);
    return option;
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
      radius: text ? matchRadius(readRadius(text, this.unit.value, Infinity)) : RADIUS,
      columns: this.carried.names,
    };
  }

  /** @param {With} search @returns {HTMLOptionElement} that stands for its catalogue; throws Refused where there is none */
  optionOf(search) {
    const value = writeWith(search);
    const name = search.catalogue;
    const option = [...this.other.options].find((one) => one.value === value);
    const { release } = search;
    if (release === SITE && !this.#allowed(name))
      throw new Refused(
        t("This portal does not read {address}: its sites are {sites}.", {
          address: name,
          sites: this.sites.join(", ") || t("none"),
        }),
      );
    if (release === FILE && !(this.file && option))
      throw new Refused(
        t("This match is with the file {name}, which is not in the link: choose it.", { name }),
      );
    if (release === FOLDER && !(this.folder.length && option))
      throw new Refused(
        t("This match is with the folder {name}, which is not in the link: choose it.", { name }),
      );
    if (!option || !value)
      throw new Refused(t("There is no catalogue “{name}” to match with.", { name: value }));
    return option;
  }

  /** @param {string} address */
  #allowed(address) {
    return URL.canParse(address) && this.sites.includes(new URL(address).origin);
  }

  /** @param {MatchSearch} search */
  show(search) {
    const value = writeWith(search);
    if (search.release === SITE && ![...this.other.options].some((one) => one.value === value))
      this.#option(search.catalogue, search);
    this.other.value = value;
    this.match.value = search.match;
    const unit = RADIUS_UNITS[this.unit.value] ?? 1;
    this.radius.value = search.radius === RADIUS ? "" : String(search.radius / unit);
    this.carried.show(search.columns);
  }

  /** The default radius is the same in every unit. */
  grey() {
    this.radius.placeholder = greyRadius(RADIUS, this.unit.value);
  }
}
