/** Whether a catalogue covers a position. @typedef {{order: number, cover: string}} Cover as in the page */
import { pixelOf } from "../catalogue/match.js";
import { coverOf } from "../results/plots/data.js";

/** @param {Cover} cover @returns {(ra: number, dec: number) => boolean} degrees */
export function coverage({ order, cover }) {
  const has = coverOf(cover);
  return (ra, dec) => has(pixelOf(order, ra, dec));
}
