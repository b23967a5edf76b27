/** A description of a plot in words, for readers who do not see it. */
import { t } from "../../shared/strings.js";
import { layerName } from "./scenes.js";
import { numberText } from "../numbers/ticks.js";
import { isGood, lowerBound, median } from "../numbers/pixels.js";

/** Most lines that are named; of more lines their number is given. */
const NAMED = 12;

/**
 * @param {import("./scenes.js").Showing} showing
 * @param {{scene: import("./paint.js").Scene, traces: import("./traces.js").Trace[]}[]} panels
 */
export function describe(showing, panels) {
  const { traces, state, axis, layers, z } = showing;
  const unit = state.unit === "nm" ? "nm" : "Å";
  const sentences = panels.map(({ scene, traces: group }) => {
    const [low, high] = scene.x.map((x) => numberText(x, 6));
    const parts = [
      `${scene.title ? `${scene.title}: ` : ""}${t("{what} from {low} to {high} {unit}", { what: scene.up, low, high, unit })}`,
      t("between {low} and {high}", { low: numberText(scene.y[0], 3), high: numberText(scene.y[1], 3) }),
    ];
    const ratios = [];
    let masked = 0;
    for (const trace of group) {
      const xs = traces.wavelengths(trace, axis);
      const scaled = traces.scaled(trace, state);
      const shown = layers.filter((layer) => trace.pixels.masks[layer]);
      for (let i = lowerBound(xs, scene.x[0]); i < xs.length && xs[i] <= scene.x[1]; i++) {
        if (scaled.error && isGood(scaled, i)) ratios.push(scaled.flux[i] / scaled.error[i]);
        if (shown.some((mask) => trace.pixels.masks[mask][i])) masked++;
      }
    }
    if (ratios.length) parts.push(t("signal to noise {n}", { n: numberText(median(ratios), 3) }));
    if (masked) parts.push(t("masked pixels: {n}", { n: masked }));
    const seen = scene.marks.filter(({ x, to }) => (to ?? x) >= scene.x[0] && x <= scene.x[1]);
    const names = [...new Set(seen.map(({ name }) => name))];
    if (names.length > NAMED) parts.push(t("lines in view: {n}", { n: seen.length }));
    else if (names.length) parts.push(t("lines in view: {names}", { names: names.join(", ") }));
    return parts.join("; ");
  });
  const also = layers.filter((layer) => ["sky", "model", "continuum"].includes(layer)).map(layerName);
  return [
    ...sentences,
    t("Redshift {z}", { z: numberText(z, 6) }),
    ...(also.length ? [t("with {names}", { names: also.join(", ") })] : []),
  ].join(". ");
}
