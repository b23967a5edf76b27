/** Units as files write them, from those of a set (VOUnit, such as `1e-17 erg / (s cm2 Angstrom)`). */

const SCALED = /^1e([+-]?\d+)\s+(.+)$/i;

/** FITS writes a scale as a power of ten. @param {string} unit */
export const fitsUnit = (unit) => unit.replace(SCALED, (_, power, rest) => `10**${Number(power)} ${rest}`);

/**
 * The unit of an inverse variance, each part by itself: many readers know no powers of brackets.
 * @param {string} unit of the values
 * @returns {string} "" where it cannot be told
 */
export function inverseSquare(unit) {
  const [, power = "0", rest = unit] = SCALED.exec(unit) ?? [];
  const halves = /^([^/()]+?)(?:\s*\/\s*(?:\(([^/()]+)\)|([^/()\s]+)))?$/.exec(
    rest.replaceAll("**", "^").trim(),
  );
  if (!halves) return "";
  const above = factors(halves[1], -2);
  const below = factors(halves[2] ?? halves[3] ?? "", 2);
  if (!above || !below) return "";
  return [...(Number(power) ? [`1e${-2 * Number(power)}`] : []), ...above, ...below].join(" ");
}

/** @param {string} text @param {number} times @returns {string[] | null} */
function factors(text, times) {
  const parts = text.split(/[\s.*]+/).filter((part) => part && part !== "1");
  const read = parts.map((part) => /^([A-Za-z]+)\^?\(?([+-]?\d+)?\)?$/.exec(part));
  if (read.includes(null)) return null;
  return read.map((found) => `${found?.[1]}${times * Number(found?.[2] ?? 1)}`);
}
