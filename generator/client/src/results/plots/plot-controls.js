/** The fields above a plot: they show a state, and report what the reader chose. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("./plot-state.js").PlotState} PlotState
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 */

export class Controls {
  /** @param {HTMLElement} card @param {(state: PlotState) => void} onChange */
  constructor(card, onChange) {
    this.card = card;
    /** @type {PlotState | null} */
    this.state = null;
    const change = (/** @type {(state: PlotState) => PlotState} */ how) => {
      if (this.state) onChange((this.state = how(this.state)));
    };
    for (const radio of this.#all(".plot-kind input"))
      radio.addEventListener("change", () =>
        change((state) => ({
          ...state,
          kind: /** @type {any} */ (/** @type {HTMLInputElement} */ (radio).value),
        })),
      );
    for (const id of /** @type {const} */ (["x", "y"])) {
      const select = this.#select(id);
      select.addEventListener("change", () =>
        change((state) => ({ ...state, [id]: { ...state[id], column: select.value } })),
      );
      for (const button of this.#all(`[data-axis="${id}"] [data-flag]`))
        button.addEventListener("click", () => {
          const flag = /** @type {"log" | "reverse"} */ (button.dataset.flag);
          change((state) => ({ ...state, [id]: { ...state[id], [flag]: !state[id][flag] } }));
          this.show();
        });
    }
    const colour = this.#select("colour");
    colour.addEventListener("change", () => change((state) => ({ ...state, colour: colour.value })));
    const frame = this.#select("frame");
    frame.addEventListener("change", () =>
      change((state) => ({ ...state, frame: /** @type {any} */ (frame.value) })),
    );
    const detail = this.#select("detail");
    detail.addEventListener("change", () => change((state) => state));
  }

  get detail() {
    return /** @type {"auto" | "points" | "density"} */ (this.#select("detail").value);
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  #all(selector) {
    return [...this.card.querySelectorAll(selector)].map((e) => /** @type {HTMLElement} */ (e));
  }

  /** @param {string} id @returns {HTMLSelectElement} */
  #select(id) {
    return /** @type {HTMLSelectElement} */ (this.card.querySelector(`[data-axis="${id}"] select`));
  }

  /** @param {PlotColumn[]} columns @param {boolean} sky there are positions */
  offer(columns, sky) {
    const numbers = columns.filter((c) => c.kind === "number");
    fill(this.#select("x"), numbers);
    fill(this.#select("y"), numbers);
    const none = document.createElement("option");
    none.value = "";
    none.textContent = t("one for all");
    fill(this.#select("colour"), columns, none);
    for (const radio of this.#all(".plot-kind input")) {
      const input = /** @type {HTMLInputElement} */ (radio);
      input.disabled = input.value === "sky" && !sky;
      /** @type {HTMLElement} */ (input.parentElement).hidden = input.disabled;
    }
  }

  /** @param {PlotState | null} [state] */
  show(state = this.state) {
    if (!state) return;
    this.state = state;
    for (const radio of this.#all(".plot-kind input")) {
      const input = /** @type {HTMLInputElement} */ (radio);
      input.checked = input.value === state.kind;
    }
    for (const id of /** @type {const} */ (["x", "y"])) {
      this.#select(id).value = state[id].column;
      for (const button of this.#all(`[data-axis="${id}"] [data-flag]`))
        button.setAttribute(
          "aria-pressed",
          String(state[id][/** @type {"log" | "reverse"} */ (button.dataset.flag)]),
        );
    }
    this.#select("colour").value = state.colour;
    this.#select("frame").value = state.frame;
    const shown = {
      x: state.kind !== "sky",
      y: state.kind === "scatter",
      frame: state.kind === "sky",
      detail: state.kind !== "histogram",
    };
    for (const [id, is] of Object.entries(shown))
      for (const part of this.#all(`[data-axis="${id}"]`)) part.hidden = !is;
  }
}

/** @param {HTMLSelectElement} select @param {PlotColumn[]} columns @param {HTMLOptionElement[]} first */
function fill(select, columns, ...first) {
  const option = (/** @type {PlotColumn} */ { name, unit }) => {
    const made = document.createElement("option");
    made.value = name;
    made.textContent = unit ? `${name} [${unit}]` : name;
    return made;
  };
  const groups = [
    [t("In the result"), columns.filter((c) => c.read)],
    [t("In the catalogue (read when chosen)"), columns.filter((c) => !c.read)],
  ].flatMap(([label, some]) => {
    if (!some.length) return [];
    const group = document.createElement("optgroup");
    group.label = /** @type {string} */ (label);
    group.append(.../** @type {PlotColumn[]} */ (some).map(option));
    return [group];
  });
  select.replaceChildren(...first, ...groups);
}
