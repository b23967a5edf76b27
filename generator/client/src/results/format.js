/** How results look: alignment, digits, names of files. Values as text are in `format` of shared/value-text.js. */

import { countText } from "../shared/strings.js";

/** Numbers are aligned right in a table. @param {string} type */
export function isNumeric(type) {
  return /^(u?(tiny|small|big|huge)?int(eger)?\d*|float\d*|double|real|decimal.*)$/i.test(type);
}

/**
 * A name for a downloaded file, safe on every file system.
 * @param {string[]} parts @param {string} extension
 */
export function fileName(parts, extension) {
  return `${parts
    .map((part) => part.replace(/[^\w.-]+/g, "_"))
    .filter(Boolean)
    .join("_")}.${extension}`;
}

/**
 * A count whose thousands are separated by style and not by characters: copied, or read by a program, it is the
 * bare number.
 * @param {number | bigint} value @returns {HTMLElement}
 */
export function digits(value) {
  const out = document.createElement("span");
  out.className = "digits";
  for (const [, separator, group] of countText(value).matchAll(/(\D*)(\d+)/g)) {
    const part = document.createElement("span");
    part.dataset.separator = separator;
    part.textContent = group;
    out.append(part);
  }
  return out;
}

/** @param {number} bytes */
export function sizeText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}
