/** The bits of a mask: a number split into bits, or composed of them, and the rows that have these bits. */
import { bitsOf, maskOf, maskQuery, readMask } from "../search/mask-bits.js";
import { t } from "../shared/strings.js";

/** @param {HTMLFormElement} form */
export function decoder(form) {
  const part = (/** @type {string} */ name) => form.querySelector(`[data-part="${name}"]`);
  const field = /** @type {HTMLInputElement} */ (part("value"));
  const note = /** @type {HTMLOutputElement} */ (part("note"));
  const link = /** @type {HTMLAnchorElement} */ (part("link"));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[type="checkbox"]')]);
  const { catalogue = "", column = "", where = "", sql = "" } = form.dataset;
  /** @param {bigint | null} mask */
  const show = (mask) => {
    const wrong = mask === null && field.value.trim() !== "";
    field.toggleAttribute("aria-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    link.hidden = mask === null;
    note.textContent = wrong ? t("A mask is a whole number from 0.") : "";
    if (mask === null) return;
    const known = new Map(boxes.map((box) => [Number(box.value), box.dataset.name ?? ""]));
    const names = bitsOf(mask).map((bit) => known.get(bit) ?? t("bit {n} (unknown)", { n: bit }));
    note.textContent = mask ? names.join(", ") : t("No bit is set.");
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
