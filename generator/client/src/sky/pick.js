/** A position chosen on the map, by pointer or by keys. */
import { t } from "../shared/strings.js";
import { project, unproject } from "./mollweide.js";

const SVG = "http://www.w3.org/2000/svg";
/** Arcseconds, where the field has no usable value. */
const RADIUS = "1800";
const KEYS = /** @type {Record<string, [east: number, north: number]>} */ ({
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/** @typedef {{ra: number, dec: number}} Direction degrees */

/**
 * @param {HTMLElement} place that contains the map
 * @param {{readout: HTMLElement, form: HTMLFormElement, covered: (ra: number, dec: number) => boolean}} parts
 */
export function pickable(place, { readout, form, covered }) {
  const map = /** @type {SVGSVGElement} */ (place.querySelector("svg"));
  const cone = /** @type {HTMLInputElement} */ (form.elements.namedItem("cone"));
  const said = readout.textContent;
  const marks = ["sky-mark-under", "sky-mark"].map((name) => addMark(map, name));
  place.classList.add("ready");
  place.tabIndex = 0;
  place.setAttribute("role", "application");
  place.setAttribute("aria-label", place.dataset.label ?? "");

  const show = (/** @type {Direction} */ { ra, dec }) => {
    const sign = dec < 0 ? "−" : "+";
    const words = covered(ra, dec) ? t("covered") : t("not covered");
    readout.textContent = `RA ${ra.toFixed(2)}°  Dec ${sign}${Math.abs(dec).toFixed(2)}° · ${words}`;
  };
  const put = (/** @type {Direction} */ at) => {
    const [x, y] = project(at.ra, at.dec);
    for (const circle of marks) {
      circle.setAttribute("cx", x.toFixed(1));
      circle.setAttribute("cy", y.toFixed(1));
      circle.setAttribute("visibility", "visible");
    }
    cone.value = `${rounded(at.ra)},${rounded(at.dec)},${readCone(cone.value)?.radius ?? RADIUS}`;
    show(at);
  };

  map.addEventListener("pointermove", (event) => {
    const at = under(map, event);
    if (at) show(at);
    else readout.textContent = said;
  });
  map.addEventListener("pointerleave", () => (readout.textContent = said));
  map.addEventListener("click", (event) => {
    const at = under(map, event);
    if (!at) return;
    put(at);
    form.requestSubmit();
  });
  // Positions under the pointer are only shown; those chosen by keys are also announced to screen readers.
  place.addEventListener("focus", () => readout.setAttribute("aria-live", "polite"));
  place.addEventListener("blur", () => readout.removeAttribute("aria-live"));
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = KEYS[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) put(moved(readCone(cone.value) ?? { ra: 180, dec: 0 }, step, event.shiftKey ? 10 : 1));
    else form.requestSubmit();
  });
}

/** @param {SVGSVGElement} map @param {string} name its class */
function addMark(map, name) {
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("class", name);
  circle.setAttribute("r", "16");
  circle.setAttribute("visibility", "hidden");
  map.append(circle);
  return circle;
}

/** The position under the pointer; null outside of the map. @param {SVGSVGElement} map @param {MouseEvent} event */
function under(map, event) {
  const matrix = map.getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return unproject(x, y);
}

/** @param {Direction} from @param {[east: number, north: number]} step @param {number} far degrees @returns {Direction} */
function moved({ ra, dec }, [east, north], far) {
  return {
    ra: (((ra + east * far) % 360) + 360) % 360,
    dec: Math.max(-90, Math.min(90, dec + north * far)),
  };
}

/** @param {string} text @returns {{ra: number, dec: number, radius: string} | null} */
function readCone(text) {
  const [ra, dec, radius] = text.split(",").map((part) => part.trim());
  if (!ra || !dec || !(Number(radius) > 0) || !(Math.abs(Number(dec)) <= 90) || !Number.isFinite(Number(ra)))
    return null;
  return { ra: Number(ra), dec: Number(dec), radius };
}

/** A hundredth of a degree is less than a map shows. @param {number} angle */
const rounded = (angle) => String((Math.round(angle * 100) / 100) % 360);
