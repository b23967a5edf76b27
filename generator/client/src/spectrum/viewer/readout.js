/** The text on the position at the cross-hair: wavelength, flux, error, masks, and the nearest line. */
import { t } from "../../shared/strings.js";
import { maskWords, pixelAt } from "./scenes.js";
import { numberText } from "../numbers/ticks.js";

/** Most parts whose values are shown. */
const SHOWN_TRACES = 4;
/** A line is near the cross-hair within this many pixels of the screen. */
const NEAR = 5;

/**
 * @param {import("./scenes.js").Showing} showing @param {import("./traces.js").Trace[]} traces of the panel
 * @param {import("./panel.js").Panel} panel @param {number} x
 * @returns {(string | HTMLElement)[]}
 */
export function readout(showing, traces, panel, x) {
  const unit = showing.state.unit === "nm" ? "nm" : "Å";
  /** @type {(string | HTMLElement)[]} */
  const words = [];
  for (const trace of traces.slice(0, SHOWN_TRACES)) {
    const pixel = pixelAt(showing, trace, x);
    if (!pixel) continue;
    if (words.length) words.push(" · ");
    if (trace.label) words.push(`${trace.label} `);
    words.push("λ ", strong(pixel.x.toFixed(unit === "nm" ? 3 : 2)), ` ${unit}  ${t("flux")} `);
    words.push(strong(numberText(pixel.flux)));
    if (pixel.error !== null)
      words.push(
        Number.isFinite(pixel.error) ? ` ± ${numberText(pixel.error, 3)}` : ` (${t("without weight")})`,
      );
    if (pixel.smoothed !== null) words.push(`  ${t("smoothed")} `, strong(numberText(pixel.smoothed)));
    const masks = maskWords(showing, trace, pixel.i);
    if (masks.length) words.push(`  ${masks.join(", ")}`);
  }
  if (!words.length) words.push(`λ ${numberText(x, 7)} ${unit}`);
  const near = nearest(panel, x);
  return near ? [...words, "  ", strong(near)] : words;
}

/** @param {string} text */
function strong(text) {
  const made = document.createElement("b");
  made.textContent = text;
  return made;
}

/** The name of the line whose mark is nearest. @param {import("./panel.js").Panel} panel @param {number} x */
function nearest({ scene, grain }, x) {
  const away = ({ x: at = 0, to = /** @type {number | null} */ (null) }) =>
    to !== null && x >= at && x <= to ? 0 : Math.abs(at - x);
  const [first] = [...scene.marks].sort((a, b) => away(a) - away(b));
  return first && away(first) < NEAR * grain ? first.name : "";
}
