/** The links of a row of a result: its known issues, pages of this site, other services. */
import { issuePlaces } from "./row-issues.js";
import { placesFor } from "./row-links.js";

/** Rows before and after one to which the page of its spectrum can go. */
const NEAR = 1000;

/**
 * @param {import("../view.js").Shown} shown @param {import("../query/order.js").RowOrder} order
 * @param {Map<string, {value: unknown, type: string}>} row @param {number} place of it
 * @returns {import("./row-links.js").Place[]}
 */
export function placesOf({ position, spectra, hits, issues }, order, row, place) {
  const away = [
    ...issuePlaces(issues, row),
    ...(position ? placesFor(row.get(position.ra)?.value, row.get(position.dec)?.value) : []),
  ];
  if (!spectra) return away;
  const { column } = spectra;
  const near = async () =>
    (await hits.rows(order, Math.max(0, place - NEAR), place + NEAR, [column])).map(([id]) => id);
  return [...spectra.places(row.get(column)?.value, near), ...away];
}
