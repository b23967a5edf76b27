/** A button that opens a menu, after the pattern of the ARIA authoring practices. */

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} list its menu, with elements of the roles menuitem, menuitemradio and menuitemcheckbox
 */
export function makeMenu(button, list) {
  const items = () =>
    /** @type {HTMLElement[]} */ ([...list.querySelectorAll(':not([hidden]) > [role^="menuitem"]')]);
  const show = (/** @type {boolean} */ open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) keepInSight(list);
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
    // the browser then moves on from the button, to its neighbour
    else if (event.key === "Tab") button.focus();
    else if (event.key === "Escape") button.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    if (to === undefined) show(false);
  });
  // Before the item does its work: a dialog that it opens returns the focus to the button.
  list.addEventListener(
    "click",
    ({ target }) => {
      const item = target instanceof Element ? target.closest('[role^="menuitem"]') : null;
      if (!item || item.getAttribute("role") === "menuitemradio") return;
      show(false);
      button.focus();
    },
    { capture: true },
  );
  list.parentElement?.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !list.parentElement?.contains(event.relatedTarget))
      show(false);
  });
}

/** A menu opens to the side on which it is completely in sight. @param {HTMLElement} list */
function keepInSight(list) {
  list.classList.remove("to-right");
  if (list.getBoundingClientRect().left < 0) list.classList.add("to-right");
}
