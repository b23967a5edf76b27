/** Marking rows by numbers instead of with the pointer: from and to, for each axis. */
import { t } from "../../shared/strings.js";

/** @typedef {[low: number, high: number]} Range infinite: open */

/** Label the fields for the axes shown. @param {HTMLElement} card @param {import("./plot.js").Plot} plot */
export function fillRanges(card, plot) {
  for (const [id, term] of Object.entries({ x: plot.question.p, y: plot.question.q })) {
    const place = /** @type {HTMLElement} */ (card.querySelector(`[data-range="${id}"]`));
    place.hidden = !term;
    const { name = "", unit } = term?.column ?? {};
    /** @type {HTMLElement} */ (place.firstElementChild).textContent = unit ? `${name} [${unit}]` : name;
    for (const input of place.querySelectorAll("input"))
      input.setAttribute(
        "aria-label",
        input.dataset.end === "low" ? t("{name} from", { name }) : t("{name} to", { name }),
      );
  }
}

/** @param {HTMLElement} card @param {import("./plot.js").Plot} plot @returns {[Range, Range] | null} null: a field is wrong, and has the focus */
export function readRanges(card, plot) {
  /** @type {HTMLInputElement[]} */
  const wrong = [];
  const read = (/** @type {string} */ id) =>
    /** @type {Range} */ (
      ["low", "high"].map((end, i) => {
        const input = /** @type {HTMLInputElement} */ (
          card.querySelector(`[data-range="${id}"] [data-end="${end}"]`)
        );
        const text = input.value.trim().replace("−", "-");
        const value = text ? Number(text) : i ? Infinity : -Infinity;
        input.removeAttribute("aria-invalid");
        if (Number.isNaN(value)) {
          input.setAttribute("aria-invalid", "true");
          wrong.push(input);
        }
        return value;
      })
    );
  /** @type {[Range, Range]} */
  const ranges = [read("x"), plot.question.q ? read("y") : [-Infinity, Infinity]];
  wrong[0]?.focus();
  return wrong.length ? null : ranges;
}
