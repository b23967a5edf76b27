/** The table of measurements. */
import { t } from "../../shared/strings.js";
import { typeset } from "../export/units.js";
import { measured } from "./scenes.js";
import { isDifference } from "./state.js";
import { numberText } from "../numbers/ticks.js";

/** Most rows of the table: a range may be in many exposures. */
const MOST = 60;

/**
 * @param {import("./scenes.js").Showing} showing
 * @returns {{names: string[], rows: string[][]}} texts; an error follows its value after ±
 */
export function measuredTable(showing) {
  const { traces, state, axis, about } = showing;
  const unit = state.unit === "nm" ? "nm" : "Å";
  const absolute = state.scale === "none" || isDifference(state);
  const flux = absolute ? about.flux_unit : "";
  // A value per Å loses this unit when summed over Å.
  const per = typeset(flux).split(" ");
  const left = per.filter((factor) => factor !== `${unit}⁻¹`);
  // The unit of a flux without one is unknown, unless it was made relative to something.
  const summed = flux ? (left.length < per.length ? left : [...per, unit]).join(" ") : unit;
  const integral = absolute && !flux ? `${t("flux unit")} ${unit}` : summed;
  const withError = (/** @type {import("../numbers/measure.js").Measured | null} */ one, digits = 5) => {
    if (!one || !Number.isFinite(one.value)) return "–";
    // As many digits as the error makes significant.
    const size = one.error && one.value ? Math.ceil(Math.log10(Math.abs(one.value) / one.error)) + 2 : digits;
    const value = numberText(one.value, Math.min(12, Math.max(2, size)));
    return one.error === null || !Number.isFinite(one.error)
      ? value
      : `${value} ± ${numberText(one.error, 2)}`;
  };
  const names = [
    t("Range ({unit})", { unit }),
    t("Part"),
    t("Pixels"),
    t("Equivalent width ({unit})", { unit }),
    t("Line flux ({unit})", { unit: integral }),
    t("Integral ({unit})", { unit: integral }),
    t("Centroid ({unit})", { unit }),
    t("Gaussian centre ({unit})", { unit }),
    t("Gaussian FWHM ({unit})", { unit }),
    t("S/N"),
  ];
  const rows = state.measure.flatMap((range) => {
    const [low, high] = range.map((w) => axis.ofVacuum(w));
    return traces.shown(state).flatMap((trace) => {
      const found = measured(showing, trace, low, high);
      if (!found) return [];
      // Where the continuum is subtracted or below zero, there is no equivalent width.
      const wide = !isDifference(state) && Math.min(...found.ends) > 0 ? found.width : null;
      return [
        [
          `${numberText(found.low, 7)} – ${numberText(found.high, 7)}`,
          trace.label || "–",
          String(found.pixels),
          withError(wide),
          withError(found.flux),
          withError(found.total),
          withError(found.centroid, 7),
          withError(found.gaussian?.centre ?? null, 7),
          withError(found.gaussian?.fwhm ?? null),
          found.snr === null ? "–" : numberText(found.snr, 4),
        ],
      ];
    });
  });
  return { names, rows: rows.slice(0, MOST) };
}

/** @param {HTMLTableElement} table @param {ReturnType<typeof measuredTable>} content */
export function fillTable(table, { names, rows }) {
  // A column for each measurement: their many numbers are below each other, and fit a narrow screen.
  const lines = names.map((name, k) => {
    const line = document.createElement("tr");
    const head = document.createElement("th");
    head.setAttribute("scope", "row");
    head.textContent = name;
    line.append(head);
    for (const row of rows) {
      const cell = document.createElement("td");
      cell.className = "num";
      cell.textContent = row[k];
      line.append(cell);
    }
    return line;
  });
  const body = document.createElement("tbody");
  body.append(...lines);
  table.replaceChildren(body);
}
