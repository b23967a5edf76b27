/** What became of the targets of a list: how many have a match, and which have none. */
import { MOST_IN_LINK } from "../search/targets/link.js";
import { t } from "../strings.js";
import { csvHead, csvRows } from "./csv.js";
import { save } from "./download.js";
import { fileName } from "./format.js";

/** @typedef {import("../search/targets/roles.js").Targets} Targets */

const MOST_SHOWN = 100;
const ROWS = 10_000;

export class TargetReport {
  /** @type {Targets | null} */
  #targets = null;
  /** @type {Uint32Array} rows of the list without a match */
  #unmatched = new Uint32Array();

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.facts = /** @type {HTMLElement} */ (place.querySelector("[data-report='facts']"));
    this.fold = /** @type {HTMLDetailsElement} */ (place.querySelector("details"));
    this.list = /** @type {HTMLElement} */ (place.querySelector("[data-report='list']"));
    this.more = /** @type {HTMLElement} */ (place.querySelector("[data-report='more']"));
    place.querySelector("button")?.addEventListener("click", () => this.#save());
  }

  hide() {
    this.place.hidden = true;
    this.#targets = null;
  }

  /** @param {Targets} targets @param {Uint8Array} matched 1 for each with a match */
  show(targets, matched) {
    this.#targets = targets;
    this.#unmatched = targets.rows.filter((_, i) => !matched[i]);
    const [all, none] = [targets.rows.length, this.#unmatched.length];
    this.place.hidden = false;
    this.facts.textContent = t("Targets with a match: {matched} of {all}. Without: {none}.", {
      matched: all - none,
      all,
      none,
    });
    if (all > MOST_IN_LINK)
      this.facts.textContent += ` ${t("A link does not hold so long a list: save the query as a file to keep both.")}`;
    this.fold.hidden = none === 0;
    this.fold.open = false;
    this.list.replaceChildren(
      ...Array.from(this.#unmatched.subarray(0, MOST_SHOWN), (row) => {
        const item = document.createElement("li");
        const line = document.createElement("span");
        line.className = "muted";
        line.textContent = `${targets.table.lines[row]} `;
        item.append(line, cells(targets, row).join("  "));
        return item;
      }),
    );
    this.more.hidden = none <= MOST_SHOWN;
    this.more.textContent = t("and {n} more", { n: none - MOST_SHOWN });
  }

  #save() {
    const targets = this.#targets;
    if (!targets) return;
    const parts = [csvHead(targets.table.columns.map(({ name }) => name))];
    for (let at = 0; at < this.#unmatched.length; at += ROWS) {
      const rows = Array.from(this.#unmatched.subarray(at, at + ROWS), (row) =>
        cells(targets, row).map((text) => text || null),
      );
      parts.push(csvRows(rows, []));
    }
    const blob = new Blob(parts, { type: "text/csv;charset=utf-8" });
    save({ blob, name: fileName(["unmatched", `${this.#unmatched.length}rows`], "csv") });
  }
}

/** A row of the list as it was read. @param {Targets} targets @param {number} row */
const cells = ({ table }, row) => table.columns.map((column) => column.text(row));
