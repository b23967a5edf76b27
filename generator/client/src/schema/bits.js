/** The bits of a mask: a number taken apart, or put together, and the rows that have these bits. */
import { t } from "../strings.js";

/** The largest number whose bits are asked for: 63 of them, the last of 64 is the sign. */
const HIGHEST = 2n ** 63n - 1n;

/** @param {string} text @returns {bigint | null} null for what is no number of a mask */
export function readMask(text) {
  const plain = text.trim().replaceAll("_", "");
  if (!/^(\d+|0x[\da-f]+|0b[01]+)$/i.test(plain)) return null;
  const value = BigInt(plain);
  return value > HIGHEST ? null : value;
}

/** @param {bigint} value @returns {number[]} the bits that are set, the lowest first */
export function bitsOf(value) {
  /** @type {number[]} */
  const bits = [];
  for (let bit = 0; value >> BigInt(bit); bit++) if ((value >> BigInt(bit)) & 1n) bits.push(bit);
  return bits;
}

/** @param {Iterable<number>} bits */
export const maskOf = (bits) => [...bits].reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

/**
 * The statement that finds the rows with all of these bits, without any for none.
 * @param {string} catalogue @param {string} column @param {bigint} mask @param {string} where SQL that holds where the column has a value
 */
export function maskQuery(catalogue, column, mask, where) {
  const quote = (/** @type {string} */ name) => `"${name.replaceAll('"', '""')}"`;
  const has = mask ? `(${quote(column)} & ${mask}) = ${mask}` : `${quote(column)} = 0`;
  return `SELECT * FROM ${quote(catalogue)} WHERE ${has} AND ${where}`;
}

/** @param {HTMLFormElement} form */
export function decoder(form) {
  const part = (/** @type {string} */ name) => form.querySelector(`[data-part="${name}"]`);
  const field = /** @type {HTMLInputElement} */ (part("value"));
  const told = /** @type {HTMLOutputElement} */ (part("told"));
  const link = /** @type {HTMLAnchorElement} */ (part("link"));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[type="checkbox"]')]);
  const { catalogue = "", column = "", where = "", sql = "" } = form.dataset;
  /** @param {bigint | null} mask */
  const show = (mask) => {
    const wrong = mask === null && field.value.trim() !== "";
    field.toggleAttribute("aria-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    link.hidden = mask === null;
    told.textContent = wrong ? t("A mask is a whole number from 0.") : "";
    if (mask === null) return;
    const known = new Map(boxes.map((box) => [Number(box.value), box.dataset.name ?? ""]));
    const names = bitsOf(mask).map((bit) => known.get(bit) ?? t("bit {n} (unknown)", { n: bit }));
    told.textContent = mask ? names.join(", ") : t("No bit is set.");
    link.href = `${sql}?sql=${encodeURIComponent(maskQuery(catalogue, column, mask, where))}`;
  };
  field.addEventListener("input", () => {
    const mask = readMask(field.value);
    const set = new Set(mask === null ? [] : bitsOf(mask));
    for (const box of boxes) box.checked = set.has(Number(box.value));
    show(mask);
  });
  for (const box of boxes) {
    box.hidden = false;
    box.addEventListener("change", () => {
      const chosen = boxes.filter((one) => one.checked).map((one) => Number(one.value));
      const unknown = bitsOf(readMask(field.value) ?? 0n).filter(
        (bit) => !boxes.some((one) => Number(one.value) === bit),
      );
      const mask = maskOf([...chosen, ...unknown]);
      field.value = String(mask);
      show(mask);
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  const tools = form.querySelector(".decoder-tools");
  if (tools instanceof HTMLElement) tools.hidden = false;
}
