/**
 * A search folds the form to a line of chips, so that the table has the page's width; a button and each chip unfold it. Below a certain
 * width the results are under the form, and the page scrolls to them.
 */
const STACKED = "(max-width: 63.999rem)";

export class Narrow {
  constructor() {
    this.page = document.getElementById("search-page");
    this.line = document.getElementById("change-search");
    this.pane = document.getElementById("search-results");
    this.title = document.getElementById("results-title");
    this.button = this.line?.querySelector("button");
    this.button?.addEventListener("click", () => {
      const folded = this.page?.classList.contains("folded") ?? false;
      this.#fold(!folded);
      if (folded) this.line?.scrollIntoView({ block: "start", behavior: "instant" });
    });
  }

  /** @param {boolean} folded */
  #fold(folded) {
    // site.js has folded the form of a page whose address has a search, before it was drawn
    delete document.documentElement.dataset.asks;
    this.page?.classList.toggle("folded", folded);
    this.button?.setAttribute("aria-expanded", String(!folded));
  }

  /** A search began: scroll to its messages. A focus in the form goes to the results, since the form is hidden. */
  results() {
    if (this.line) this.line.hidden = false;
    const within = document.activeElement?.closest(
      "#search-forms, #search-chips, #search-welcome, #nothing-found",
    );
    this.#fold(true);
    if (within) this.pane?.focus({ preventScroll: true });
    this.#intoView();
  }

  /** The rows are shown now. A focus that waits for them goes to their heading. */
  arrived() {
    if (!this.page?.classList.contains("folded")) return;
    this.#intoView();
    if (document.activeElement === this.pane) this.title?.focus({ preventScroll: true });
  }

  /** Before the rows came, a narrow page may have been too short to scroll that far. */
  #intoView() {
    const block = matchMedia(STACKED).matches ? "start" : "nearest";
    this.line?.scrollIntoView({ block, behavior: "instant" });
  }

  /** Show the form beside the results, or above them. */
  unfold() {
    this.#fold(false);
  }

  /** No result is shown: unfold the form. */
  form() {
    if (this.line) this.line.hidden = true;
    this.#fold(false);
  }
}

/** What has the focus inside of a part of the page: who asks for results there. @param {string} part its selector */
export function askerIn(part) {
  const { activeElement } = document;
  return activeElement?.closest(part) ? activeElement : null;
}

/**
 * Results are shown below something else. Unless the focus has gone elsewhere since, that of who asked goes to their heading; a
 * narrow page scrolls to them.
 * @param {HTMLElement | null} pane @param {Element | null} asker
 */
export function comeInto(pane, asker) {
  if (!pane) return;
  if (asker && [asker, document.body].includes(document.activeElement ?? asker))
    document.getElementById("results-title")?.focus({ preventScroll: true });
  if (matchMedia(STACKED).matches) pane.scrollIntoView({ block: "start", behavior: "instant" });
}
