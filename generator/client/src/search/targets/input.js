/** The list in the form: pasted, dropped or chosen, how it was read, and what could not be read. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { RADIUS_UNITS, greyRadius, readRadius } from "../position.js";
import { RADIUS, linkTable, listMissing, listText } from "./target-link.js";
import { readList } from "./read.js";
import { idColumns } from "../columns.js";
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {import("../columns.js").Form} Form
 * @typedef {import("./roles.js").Roles} Roles
 * @typedef {import("./roles.js").Targets} Targets
 * @typedef {import("./roles.js").TargetSearch} TargetSearch
 */

/** A longer pasted text is handled like a file: a field with so many lines is slow. */
const MOST_TYPED = 200_000;
const PAUSE = 250;
const MOST_PROBLEMS = 100;
const MANY = 50;

const loadRoles = lazily(() => import("./roles.js"));

export class TargetInput {
  /** @type {Targets | null} */
  #targets = null;
  /** @type {Refused | null} why there are no targets */
  #refused = null;
  /** @type {AbortController | null} */
  #reading = null;
  #work = Promise.resolve();
  /** Name of the list where it is not in the field. */
  #file = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  /** @type {TargetSearch | null} the last list that is too long for a link, for going back to it */
  #last = null;
  /** @type {Map<Targets, {text: string, file: string}>} */
  #sources = new Map();

  /** @param {HTMLElement} place @param {Form} form @param {() => void} onRead */
  constructor(place, form, onRead) {
    this.place = place;
    this.form = form;
    this.onRead = onRead;
    const get = (/** @type {string} */ name) =>
      /** @type {any} */ (place.querySelector(`[data-target="${name}"]`));
    /** @type {HTMLTextAreaElement} */
    this.text = get("text");
    /** @type {HTMLInputElement} */
    this.file = get("file");
    /** @type {HTMLElement} */
    this.summary = get("summary");
    /** @type {HTMLElement} */
    this.roles = get("roles");
    /** @type {HTMLDetailsElement} */
    this.problems = get("problems");
    /** @type {HTMLInputElement} */
    this.radius = get("radius-value");
    /** @type {HTMLSelectElement} */
    this.unit = get("radius-unit");
    /** @type {HTMLSelectElement} */
    this.match = get("match");
    /** @type {Record<"by" | "frame" | "ra" | "dec" | "radius" | "id" | "column", HTMLSelectElement>} */
    this.selects = {
      by: get("by"),
      frame: get("frame"),
      ra: get("ra"),
      dec: get("dec"),
      radius: get("radius"),
      id: get("id"),
      column: get("column"),
    };
    for (const { name } of idColumns(form)) this.selects.column.add(new Option(name, name));
    this.text.addEventListener("input", () => {
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.#typed(), PAUSE);
    });
    this.text.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.length < MOST_TYPED) return;
      event.preventDefault();
      this.#take(new Blob([text]), t("pasted text"));
    });
    this.file.addEventListener("change", () => {
      const [file] = this.file.files ?? [];
      if (file) this.#take(file, file.name);
    });
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      place.addEventListener(name, (event) => this.#drag(/** @type {DragEvent} */ (event)));
    }
    for (const select of Object.values(this.selects)) {
      select.addEventListener("change", () => this.#chosen());
    }
  }

  /** Whether there is a list. */
  get used() {
    return this.#targets !== null || this.text.value.trim() !== "" || this.#file !== "";
  }

  /** @param {DragEvent} event */
  #drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.place.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover");
    const [file] = event.type === "drop" ? event.dataTransfer.files : [];
    if (file) this.#take(file, file.name);
  }

  #typed() {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.file.value = "";
    if (this.text.value.trim()) this.#start(new Blob([this.text.value]), "");
    else this.clear();
  }

  /** @param {Blob} blob @param {string} name */
  #take(blob, name) {
    this.text.value = "";
    this.#start(blob, name);
  }

  /** @param {Blob} blob @param {string} file */
  #start(blob, file) {
    this.clear(true);
    this.#file = file;
    this.#do(async (signal) => {
      this.summary.textContent = t("Reading the list…");
      const onProgress = (/** @type {number} */ read, /** @type {number} */ all) => {
        if (!signal.aborted)
          this.summary.textContent = `${t("Reading the list…")} ${Math.round((100 * read) / all)} %`;
      };
      const table = await readList(blob, { signal, onProgress });
      const { guessNames, guessRoles, nameColumns, resolveTargets } = await loadRoles();
      const roles = guessRoles(table, this.form);
      await guessNames(table, this.form, roles);
      nameColumns(table, roles);
      this.#offer(table, roles);
      this.#report(await resolveTargets(table, roles, this.form, { signal }));
    });
  }

  /** The reader has chosen which columns to use. */
  #chosen() {
    const table = this.#targets?.table ?? this.#table;
    if (!table) return;
    const number = (/** @type {"ra" | "dec" | "radius" | "id"} */ name) => Number(this.selects[name].value);
    /** @type {Roles} */
    const roles = {
      by: this.selects.by.value === "id" ? "id" : "position",
      ra: number("ra"),
      dec: number("dec"),
      radius: number("radius"),
      id: number("id"),
      column: this.selects.column.value,
      galactic: this.selects.frame.value === "galactic",
    };
    this.roles.dataset.by = roles.by;
    this.#do(async (signal) => {
      const { resolveTargets } = await loadRoles();
      this.#report(await resolveTargets(table, roles, this.form, { signal }));
    });
  }

  /** @type {import("./target-table.js").TargetTable | null} */
  #table = null;

  /** @param {(signal: AbortSignal) => Promise<void>} work only the latest one counts */
  #do(work) {
    this.#reading?.abort();
    const { signal } = (this.#reading = new AbortController());
    this.#targets = null;
    this.#refused = null;
    this.#work = work(signal)
      .catch((error) => {
        if (signal.aborted) return;
        this.#refused =
          error instanceof Refused ? error : new Refused(t("The list could not be read: {message}", error));
        this.summary.textContent = this.#refused.message;
        this.summary.classList.add("bad");
      })
      .finally(() => {
        if (!signal.aborted) this.onRead();
      });
  }

  /** Settles when the last list has been read. */
  async ready() {
    if (this.#later) this.#typed();
    for (let work; work !== this.#work;) {
      work = this.#work;
      await work;
    }
  }

  /** @returns {TargetSearch | null} null where there is no list; throws Refused */
  read() {
    if (this.#refused) throw this.#refused;
    if (!this.#targets) {
      if (this.used) throw new Refused(t("The list is still being read."));
      return null;
    }
    if (!this.#targets.rows.length) throw new Refused(t("No target could be read from the list."));
    const text = this.radius.value.trim();
    const radius = text ? readRadius(text, this.unit.value) : RADIUS;
    const search = {
      targets: this.#targets,
      match: /** @type {"all" | "nearest"} */ (this.match.value),
      radius,
    };
    if (search.targets.rows.length > MANY) this.#last = search;
    this.#sources.clear();
    this.#sources.set(this.#targets, { text: this.text.value, file: this.#file });
    return search;
  }

  /**
   * The targets of a link.
   * @param {import("../permalink.js").TargetLink} link
   * @returns {Promise<TargetSearch>} throws Refused where the link does not contain them
   */
  async follow({ parsed, match, radius }) {
    if ("count" in parsed) {
      const last = this.#last;
      if (last?.targets.rows.length !== parsed.count) throw new Refused(listMissing(parsed.count));
      return { ...last, match, radius };
    }
    const { table, roles } = await linkTable(parsed, this.form);
    const { resolveTargets } = await loadRoles();
    const targets = await resolveTargets(table, roles, this.form);
    if (!targets.rows.length)
      throw new Refused(targets.problems.first[0]?.message ?? t("No target could be read from the list."));
    this.#sources.set(targets, { text: listText(parsed), file: "" });
    return { targets, match, radius };
  }

  /** Show targets that have been read before. @param {TargetSearch} search */
  show({ targets, match, radius }) {
    this.clear(true);
    const source = this.#sources.get(targets);
    this.text.value = source?.text ?? "";
    this.#file = source?.file ?? "";
    this.match.value = match;
    const unit = Object.keys(RADIUS_UNITS).includes(this.unit.value) ? this.unit.value : "arcsec";
    this.radius.value = radius === RADIUS ? "" : String(radius / RADIUS_UNITS[unit]);
    this.#offer(targets.table, targets.roles);
    this.#report(targets);
  }

  /** The default radius is the same in every unit. */
  grey() {
    this.radius.placeholder = greyRadius(RADIUS, this.unit.value);
  }

  /** Remove the list. @param {boolean} [again] another one follows */
  clear(again = false) {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#reading?.abort();
    this.#targets = null;
    this.#table = null;
    this.#refused = null;
    this.#file = "";
    this.summary.textContent = "";
    this.summary.classList.remove("bad");
    this.roles.hidden = true;
    this.problems.hidden = true;
    if (!again) this.onRead();
  }

  /** @param {import("./target-table.js").TargetTable} table @param {Roles} roles */
  #offer(table, roles) {
    this.#table = table;
    const names = table.columns.map(({ name }) => name);
    for (const name of /** @type {const} */ (["ra", "dec", "radius", "id"])) {
      const none = name === "radius" ? t("the same for all") : "–";
      const options = [new Option(none, "-1"), ...names.map((column, i) => new Option(column, String(i)))];
      this.selects[name].replaceChildren(...options);
      this.selects[name].value = String(roles[name]);
    }
    this.selects.by.value = roles.by;
    this.selects.frame.value = roles.galactic ? "galactic" : "icrs";
    this.selects.column.value = roles.column;
    this.roles.dataset.by = roles.by;
    this.roles.hidden = false;
  }

  /** @param {Targets} targets */
  #report(targets) {
    this.#targets = targets;
    const { table, galactic, named, problems, rows } = targets;
    for (const [name, label] of /** @type {const} */ ([
      ["ra", galactic ? t("Galactic longitude") : t("Right ascension")],
      ["dec", galactic ? t("Galactic latitude") : t("Declination")],
    ]))
      for (const place of this.selects[name].labels) place.textContent = label;
    const from = this.#file ? `${this.#file} · ${table.format}` : table.format;
    this.summary.classList.toggle("bad", rows.length === 0);
    const how = [
      ...(galactic ? [t("galactic, converted to ICRS")] : []),
      ...(named ? [t("names found in the lists of this page: {n}", { n: named })] : []),
    ];
    this.summary.textContent = [t("{n} targets", { n: rows.length }), from, ...how].join(" · ");
    this.problems.hidden = problems.count === 0;
    const [head, list] = [this.problems.querySelector("summary"), this.problems.querySelector("ul")];
    if (head) head.textContent = t("Lines that could not be read: {n}", { n: problems.count });
    const shown = problems.first.slice(0, MOST_PROBLEMS).map(({ line, message }) => {
      const item = document.createElement("li");
      item.textContent = t("Line {line}: {message}", { line, message });
      return item;
    });
    if (problems.count > shown.length) {
      const item = document.createElement("li");
      item.textContent = t("and {n} more", { n: problems.count - shown.length });
      shown.push(item);
    }
    list?.replaceChildren(...shown);
  }
}
