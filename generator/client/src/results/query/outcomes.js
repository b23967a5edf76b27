/** The results of several statements, one line each; each result can be shown again. */
import { TABLE } from "./hits.js";
import { sizeText } from "../format.js";
import { t } from "../../shared/strings.js";
import { quoteName } from "../../search/literals.js";

/**
 * @typedef {import("../../engine/engine.js").Engine} Engine
 * @typedef {{ sql: string, text: string, state: "waiting" | "done" | "failed", show?: () => Promise<void>, parked: boolean }} Outcome
 */

/** What an answer cost. @param {{ bytes: number, known: boolean }} found */
export const readText = ({ bytes, known }) =>
  known
    ? t("from the catalogue's statistics: no rows were read")
    : t("{size} read", { size: sizeText(bytes) });

/** @param {{ total: number, seconds: number, bytes: number, known: boolean }} found */
export const sum = (found) =>
  `${t("{n} rows in {s} s", { n: found.total, s: found.seconds.toFixed(2) })} · ${readText(found)}`;

export class Outcomes {
  /** @type {Outcome[]} */
  #all = [];
  /** Index of the one that is in the table of found rows. */
  #shown = -1;
  /** @type {Engine | null} */
  #engine = null;

  /** @param {HTMLElement} place @param {(message: string) => void} onProblem */
  constructor(place, onProblem) {
    this.place = place;
    this.onProblem = onProblem;
  }

  /** Start with new statements. @param {string[]} statements */
  async begin(statements) {
    const old = this.#all;
    const engine = this.#engine;
    this.#all = statements.map((sql) => ({ sql, text: "", state: "waiting", parked: false }));
    this.#shown = -1;
    this.#draw();
    for (const [i, { parked }] of old.entries())
      if (parked) await engine?.rows(`DROP TABLE IF EXISTS ${parkedName(i)}`).catch(() => {});
  }

  /** Make room for the next result. @param {Engine} engine */
  async park(engine) {
    this.#engine = engine;
    if (this.#shown < 0) return;
    const outcome = this.#all[this.#shown];
    await engine.rows(`DROP TABLE IF EXISTS ${parkedName(this.#shown)}`);
    await engine.rows(`ALTER TABLE ${TABLE} RENAME TO ${quoteName(`statement ${this.#shown}`)}`);
    outcome.parked = true;
    this.#shown = -1;
  }

  /** @param {number} i @param {string} text @param {() => Promise<void>} show puts the result on the page */
  done(i, text, show) {
    Object.assign(this.#all[i], { state: "done", text, show });
    this.#shown = i;
    this.#draw();
  }

  /** @param {number} i @param {string} text */
  failed(i, text) {
    if (!this.#all[i]) return;
    Object.assign(this.#all[i], { state: "failed", text });
    this.#draw();
  }

  /** @param {number} i */
  async #call(i) {
    const engine = this.#engine;
    const outcome = this.#all[i];
    if (!engine || !outcome.show || i === this.#shown) return;
    try {
      await this.park(engine);
      await engine.rows(`DROP TABLE IF EXISTS ${TABLE}`);
      await engine.rows(`ALTER TABLE ${parkedName(i)} RENAME TO "found"`);
      outcome.parked = false;
      this.#shown = i;
      await outcome.show();
    } catch {
      this.onProblem(t("This result is no longer kept. Run the statement again."));
    }
    this.#draw(i);
  }

  /** @param {number} [focus] */
  #draw(focus = -1) {
    this.place.hidden = this.#all.length < 2;
    this.place.replaceChildren(
      ...this.#all.map(({ sql, text, state, show }, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "outcome";
        button.disabled = !show;
        if (i === this.#shown) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => this.#call(i));
        const code = document.createElement("code");
        code.textContent = sql.replace(/\s+/g, " ").slice(0, 160);
        const said = document.createElement("span");
        said.className = state === "failed" ? "hint bad" : "hint";
        said.textContent = text || t("not run");
        button.append(code, said);
        const line = document.createElement("li");
        line.append(button);
        if (i === focus) queueMicrotask(() => button.focus());
        return line;
      }),
    );
  }
}

/** @param {number} i */
const parkedName = (i) => `"_drportal".${quoteName(`statement ${i}`)}`;
