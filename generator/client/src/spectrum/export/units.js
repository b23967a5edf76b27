/** Units in the notation of files, from those of a set (VOUnit, such as `1e-17 erg / (s cm2 Angstrom)`). */
import { powerText, raised } from "../numbers/ticks.js";

const SCALED = /^1e([+-]?\d+)\s+(.+)$/i;

/** FITS writes a scale as a power of ten. @param {string} unit */
export const fitsUnit = (unit) => unit.replace(SCALED, (_, power, rest) => `10**${Number(power)} ${rest}`);

/**
 * The unit of an inverse variance, each part by itself: many readers do not support powers of brackets.
 * @param {string} unit of the values
 * @returns {string} "" where it cannot be determined
 */
export function inverseSquare(unit) {
  const read = partsOf(unit);
  if (!read) return "";
  const { power, factors } = read;
  return [...(power ? [`1e${-2 * power}`] : []), ...factors.map(([name, n]) => `${name}${-2 * n}`)].join(" ");
}

/** A unit for people: 10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹. @param {string} unit @returns {string} unchanged where it cannot be parsed */
export function typeset(unit) {
  const read = partsOf(unit);
  if (!read) return unit;
  const { power, factors } = read;
  const words = factors.map(([name, n]) => `${name === "Angstrom" ? "Å" : name}${n === 1 ? "" : raised(n)}`);
  return [...(power ? [powerText(power)] : []), ...words].join(" ");
}

/**
 * @param {string} unit
 * @returns {{power: number, factors: [name: string, exponent: number][]} | null} power: of ten; null where it cannot be parsed
 */
function partsOf(unit) {
  const [, power = "0", rest = unit] = SCALED.exec(unit) ?? [];
  const halves = /^([^/()]+?)(?:\s*\/\s*(?:\(([^/()]+)\)|([^/()\s]+)))?$/.exec(
    rest.replaceAll("**", "^").trim(),
  );
  if (!halves) return null;
  const above = factorsOf(halves[1], 1);
  const below = factorsOf(halves[2] ?? halves[3] ?? "", -1);
  return above && below && { power: Number(power), factors: [...above, ...below] };
}

/** @param {string} text @param {number} times @returns {[string, number][] | null} */
function factorsOf(text, times) {
  const parts = text.split(/[\s.*]+/).filter((part) => part && part !== "1");
  const read = parts.map((part) => /^([A-Za-z]+)\^?\(?([+-]?\d+)?\)?$/.exec(part));
  if (read.includes(null)) return null;
  return read.map((found) => [found?.[1] ?? "", times * Number(found?.[2] ?? 1)]);
}
