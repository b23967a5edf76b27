/** A list of positions against the coverage: pasted, dropped or chosen; shows those outside, and saves all of them as CSV. */
import { csvHead, csvRows } from "../results/export/csv.js";
import { Refused } from "../search/grammar.js";
import { MOST_IN_LINK, RADIUS, targetParameters } from "../search/targets/target-link.js";
import { readList } from "../search/targets/read.js";
import { guessNames, guessRoles, nameColumns, resolveTargets } from "../search/targets/roles.js";
import { save } from "../shared/save-file.js";
import { t } from "../shared/strings.js";

/** Most lines of the table; the file has all of them. */
const MOST_SHOWN = 500;
/** Rows of a file that are written between two pauses in which the page can respond. */
const PIECE = 20_000;
/** A catalogue for which lists are read by their positions only. @type {import("../search/columns.js").Form} */
const FORM = /** @type {any} */ ({ name: "", columns: [], position: { ra: "ra", dec: "dec" }, id: null });

/**
 * @typedef {import("../search/targets/roles.js").Targets} Targets
 * @typedef {{targets: Targets, inside: Uint8Array, count: number}} Checked inside: parallel to the targets
 */

/**
 * @param {Blob} blob @param {(ra: number, dec: number) => boolean} covered @param {AbortSignal} [signal]
 * @returns {Promise<Checked>} throws Refused
 */
export async function checkList(blob, covered, signal) {
  const table = await readList(blob, { signal });
  const roles = guessRoles(table, FORM);
  await guessNames(table, FORM, roles);
  if (roles.by !== "position") throw new Refused(t("Choose the columns of positions."));
  nameColumns(table, roles);
  const targets = await resolveTargets(table, roles, FORM, { signal });
  const { ra, dec } = targets;
  if (!ra?.length || !dec) throw new Refused(t("No target could be read from the list."));
  const inside = Uint8Array.from(ra, (angle, i) => Number(covered(angle, dec[i])));
  return { targets, inside, count: inside.reduce((sum, one) => sum + one, 0) };
}

/**
 * The list as it was read, with a column `inside`: true, false, or nothing where no position could be read.
 * @param {Checked} checked
 */
export async function asCsv({ targets: { table, rows }, inside }) {
  const names = table.columns.map(({ name }) => name);
  let own = "inside";
  while (names.some((name) => name.toLowerCase() === own)) own += "_";
  const types = table.columns.map(({ kind }) => (kind === "text" ? "varchar" : "number"));
  const parts = [csvHead([...names, own], true)];
  for (let first = 0, at = 0; first < table.rows; first += PIECE) {
    /** @type {unknown[][]} */
    const some = [];
    for (let row = first; row < Math.min(first + PIECE, table.rows); row++) {
      const known = rows[at] === row;
      const cells = table.columns.map((column) => column.text(row) || null);
      some.push([...cells, known ? inside[at] === 1 : null]);
      if (known) at++;
    }
    parts.push(csvRows(some, [...types, "boolean"], true));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return new Blob(parts, { type: "text/csv" });
}

/**
 * @param {HTMLFormElement} form @param {string} catalogue @param {(ra: number, dec: number) => boolean} covered
 * @param {string} release
 */
export function checker(form, catalogue, covered, release) {
  const check = new CoverageCheck(form, catalogue, covered);
  const get = (/** @type {string} */ what) => /** @type {HTMLElement} */ (form.querySelector(what));
  const text = /** @type {HTMLTextAreaElement} */ (get("textarea"));
  const file = /** @type {HTMLInputElement} */ (get("input[type=file]"));
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    file.value = "";
    check.read(new Blob([text.value]));
  });
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) check.read(chosen);
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      const { dataTransfer } = /** @type {DragEvent} */ (event);
      if (!dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("dropping", name === "dragenter" || name === "dragover");
      const [dropped] = name === "drop" ? dataTransfer.files : [];
      if (dropped) check.read(dropped);
    });
  }
  get("[data-part=save]").addEventListener("click", async () => {
    if (!check.last) return;
    const name = `${release}-${catalogue}-inside.csv`.replaceAll("/", "-");
    save({ blob: await asCsv(check.last), name });
  });
}

class CoverageCheck {
  /** @type {Checked | null} */
  last = null;
  /** @type {AbortController | null} */
  #running = null;

  /** @param {HTMLFormElement} form @param {string} catalogue @param {(ra: number, dec: number) => boolean} covered */
  constructor(form, catalogue, covered) {
    const get = (/** @type {string} */ what) => /** @type {HTMLElement} */ (form.querySelector(what));
    this.catalogue = catalogue;
    this.covered = covered;
    this.status = get("[role=status]");
    this.found = get("[data-part=found]");
    this.outside = get("[data-part=outside]");
    this.link = /** @type {HTMLAnchorElement} */ (get("[data-part=list]"));
  }

  /** @param {Blob} blob the list */
  async read(blob) {
    this.#running?.abort();
    const { signal } = (this.#running = new AbortController());
    const { status } = this;
    this.last = null;
    this.found.hidden = true;
    status.classList.remove("bad");
    status.textContent = t("Reading the list…");
    try {
      const checked = await checkList(blob, this.covered, signal);
      if (!signal.aborted) this.#show((this.last = checked));
    } catch (error) {
      if (signal.aborted) return;
      status.classList.add("bad");
      status.textContent =
        error instanceof Refused
          ? error.message
          : t("The list could not be read: {message}", { message: String(error) });
    }
  }

  /** @param {Checked} checked */
  #show({ targets, inside, count }) {
    const { ra, dec, rows, table, problems } = targets;
    const words = [t("{n} of {all} positions inside", { n: count, all: inside.length })];
    if (problems.count) words.push(t("lines that could not be read: {n}", { n: problems.count }));
    this.status.textContent = words.join(" · ");
    this.found.hidden = false;
    const lines = [];
    for (let i = 0; i < inside.length && lines.length < MOST_SHOWN; i++)
      if (!inside[i] && ra && dec)
        lines.push([table.lines[rows[i]], ra[i].toFixed(6), dec[i].toFixed(6), t("outside")]);
    for (const { line, message } of problems.first.slice(0, MOST_SHOWN)) lines.push([line, "", "", message]);
    this.outside.querySelector("tbody")?.replaceChildren(...lines.map(tableRow));
    this.outside.hidden = !lines.length;
    this.link.hidden = inside.length > MOST_IN_LINK;
    const query = new URLSearchParams([
      ["catalogue", this.catalogue],
      ...targetParameters({ targets, match: "all", radius: RADIUS }),
    ]);
    this.link.href = `search.html?${query}`;
  }
}

/** @param {(string | number)[]} cells */
function tableRow(cells) {
  const row = document.createElement("tr");
  row.append(
    ...cells.map((cell, i) => {
      const one = document.createElement("td");
      one.textContent = String(cell);
      if (i < 3) one.className = "num";
      return one;
    }),
  );
  return row;
}
