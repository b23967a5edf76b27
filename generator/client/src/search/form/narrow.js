/**
 * Where the results are below the form, a search folds the form, so that the reader sees that there are rows; a
 * button unfolds it. On wide pages, with both side by side, this has no effect.
 */
const STACKED = "(max-width: 63.999rem)";

export class Narrow {
  constructor() {
    this.page = document.getElementById("search-page");
    this.line = document.getElementById("change-search");
    this.pane = document.getElementById("search-results");
    this.button = this.line?.querySelector("button");
    this.button?.addEventListener("click", () => {
      const folded = this.page?.classList.contains("folded") ?? false;
      this.#fold(!folded);
      if (folded) this.line?.scrollIntoView({ block: "start", behavior: "instant" });
    });
  }

  /** @param {boolean} folded */
  #fold(folded) {
    this.page?.classList.toggle("folded", folded);
    this.button?.setAttribute("aria-expanded", String(!folded));
  }

  /** A search began: scroll to its messages. */
  results() {
    if (this.line) this.line.hidden = false;
    this.#fold(true);
    if (!matchMedia(STACKED).matches) return;
    this.pane?.focus({ preventScroll: true });
    this.arrived();
  }

  /** The rows are shown now: before, the page may have been too short to scroll that far. */
  arrived() {
    if (!matchMedia(STACKED).matches || !this.page?.classList.contains("folded")) return;
    this.line?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  /** No result is shown: unfold the form. */
  form() {
    if (this.line) this.line.hidden = true;
    this.#fold(false);
  }
}

/** Scroll to results below something else. @param {HTMLElement | null} pane */
export function comeInto(pane) {
  if (!pane || !matchMedia(STACKED).matches) return;
  pane.focus({ preventScroll: true });
  pane.scrollIntoView({ block: "start", behavior: "instant" });
}
