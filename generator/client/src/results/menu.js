/** A button that opens a menu, after the pattern of the ARIA authoring practices. */

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} list its menu, with role="menuitem" buttons
 */
export function makeMenu(button, list) {
  const items = () =>
    /** @type {HTMLElement[]} */ ([...list.querySelectorAll(':not([hidden]) > [role="menuitem"]')]);
  const show = (/** @type {boolean} */ open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const open = (/** @type {number} */ at) => {
    show(true);
    items().at(at)?.focus();
  };
  button.addEventListener("click", () => (list.hidden ? open(0) : show(false)));
  button.addEventListener("keydown", (event) => {
    const at = { ArrowDown: 0, ArrowUp: -1 }[event.key];
    if (at === undefined) return;
    event.preventDefault();
    open(at);
  });
  list.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all[(to + all.length) % all.length].focus();
    else if (event.key === "Escape") button.focus();
    else return;
    event.preventDefault();
    if (to === undefined) show(false);
  });
  list.addEventListener("click", () => {
    show(false);
    button.focus();
  });
  list.parentElement?.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !list.parentElement?.contains(event.relatedTarget))
      show(false);
  });
}
