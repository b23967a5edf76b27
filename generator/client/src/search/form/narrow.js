/**
 * Where the results stand below the form, a search folds the form away, so that the reader sees that rows came; a
 * button brings the form back. On wide pages, where both stand side by side, nothing of this shows.
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

  /** A search began: bring what is said of it into view. */
  results() {
    if (this.line) this.line.hidden = false;
    this.#fold(true);
    if (!matchMedia(STACKED).matches) return;
    this.pane?.focus({ preventScroll: true });
    this.arrived();
  }

  /** Rows stand there now: before, the page may have been too short to scroll that far. */
  arrived() {
    if (!matchMedia(STACKED).matches || !this.page?.classList.contains("folded")) return;
    this.line?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  /** Nothing is shown: the form is what the reader wants. */
  form() {
    if (this.line) this.line.hidden = true;
    this.#fold(false);
  }
}

/** Bring results below something else into view. @param {HTMLElement | null} pane */
export function comeInto(pane) {
  if (!pane || !matchMedia(STACKED).matches) return;
  pane.focus({ preventScroll: true });
  pane.scrollIntoView({ block: "start", behavior: "instant" });
}
