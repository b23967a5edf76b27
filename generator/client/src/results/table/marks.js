/** Actions on marked rows: their number, mark all, none, invert, and show only these. */
import { t } from "../../shared/strings.js";
import { makeMenu } from "../menu.js";

/**
 * @typedef {object} MarkHandlers
 * @property {() => Iterable<number>} all numbers of the rows that match
 * @property {(on: boolean) => void} onOnly show the marked rows alone, or all again
 */

/**
 * @param {HTMLElement} place with the menu
 * @param {import("./selection.js").Selection} selection
 * @param {MarkHandlers} handlers
 */
export function makeMarks(place, selection, { all, onOnly }) {
  const button = /** @type {HTMLButtonElement} */ (place.querySelector("#marks"));
  const list = /** @type {HTMLElement} */ (place.querySelector("#marks-list"));
  const only = /** @type {HTMLButtonElement} */ (place.querySelector("#marks-only"));
  const label = /** @type {HTMLElement} */ (button.querySelector("span"));
  const pressed = () => only.getAttribute("aria-checked") === "true";
  const update = () => {
    const { size } = selection;
    label.textContent = size ? t("Marked: {n}", { n: size }) : t("Mark");
    button.classList.toggle("on", size > 0);
    if (only.parentElement) only.parentElement.hidden = !size && !pressed();
  };
  makeMenu(button, list);
  list.addEventListener("click", ({ target }) => {
    const item = target instanceof Element ? target.closest("[data-marks]") : null;
    const what = item instanceof HTMLElement ? item.dataset.marks : "";
    if (what === "all") selection.add(all());
    else if (what === "none") selection.clear();
    else if (what === "invert") selection.invert(all());
  });
  only.addEventListener("click", () => onOnly(!pressed()));
  selection.addEventListener("change", update);
  update();
  return {
    /** @param {boolean} on */
    only(on) {
      only.setAttribute("aria-checked", String(on));
      update();
    },
  };
}
