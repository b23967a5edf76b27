/** The row that the reader points at, in the table or in a plot: all that show rows show it. */

export class Pointed extends EventTarget {
  /** Its number, null for none. @type {number | null} */
  row = null;

  /** @param {number | null} row */
  set(row) {
    if (row === this.row) return;
    this.row = row;
    this.again();
  }

  /** Show it where it was not before: the table has been scrolled. */
  again() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Connect the table: the row under the pointer or with the focus is pointed at, and the row pointed at elsewhere is shown.
 * @param {HTMLElement} scroll with the table
 * @param {{pointed: Pointed, order: import("../query/order.js").RowOrder}} view
 */
export function pointAtRows(scroll, view) {
  const { pointed } = view;
  const point = (/** @type {EventTarget | null} */ target) => {
    const line = target instanceof Element ? target.closest("tr[data-row]") : null;
    pointed.set(line instanceof HTMLElement ? view.order.at(Number(line.dataset.row) - 1) : null);
  };
  scroll.addEventListener("pointerover", ({ target }) => point(target));
  scroll.addEventListener("focusin", ({ target }) => point(target));
  scroll.addEventListener("pointerleave", () =>
    point(scroll.contains(document.activeElement) ? document.activeElement : null),
  );
  scroll.addEventListener("focusout", ({ relatedTarget }) => point(relatedTarget));
  pointed.addEventListener("change", () => {
    for (const line of scroll.querySelectorAll("tr.pointed")) line.classList.remove("pointed");
    const place = pointed.row === null ? -1 : view.order.find(pointed.row);
    if (place >= 0) scroll.querySelector(`tr[data-row="${place + 1}"]`)?.classList.add("pointed");
  });
}
