/**
 * One stop of the Tab key for a row of controls: the arrow keys, Home and End lead from one to the next. In a text field they do so
 * where the caret is at the end of the text.
 * @param {HTMLElement} row @param {string} selector of its controls
 * @returns {(chosen?: Element | null) => void} to be called after controls were added or removed; the chosen one is then the stop
 */
export function rove(row, selector) {
  const controls = () =>
    /** @type {HTMLElement[]} */ ([...row.querySelectorAll(selector)]).filter((one) => one.offsetParent);
  const settle = (/** @type {Element | null} */ chosen = null) => {
    const all = /** @type {HTMLElement[]} */ ([...row.querySelectorAll(selector)]);
    const stop = chosen ?? all.find((one) => one.tabIndex === 0) ?? all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  };
  row.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.matches(selector)) settle(target);
  });
  row.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = controls();
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || !all[to]) return;
    if (isInside(event.target, /** @type {string} */ (event.key))) return;
    event.preventDefault();
    all[to].focus();
  });
  settle();
  return settle;
}

/** Whether a key moves the caret of a text field. @param {EventTarget | null} field @param {string} key */
function isInside(field, key) {
  if (!(field instanceof HTMLInputElement) || field.selectionStart === null || !field.value) return false;
  if (key === "Home" || key === "End" || field.selectionStart !== field.selectionEnd) return true;
  return field.selectionStart !== (key === "ArrowLeft" ? 0 : field.value.length);
}
