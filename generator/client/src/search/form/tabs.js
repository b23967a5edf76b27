/** Links to the catalogues' sections become tabs, after the pattern of the ARIA authoring practices. */

/**
 * @param {HTMLElement} list links to sections of the page; each has data-catalogue
 * @param {(catalogue: string) => void} onChoose
 * @returns {(catalogue: string) => void} shows one
 */
export function makeTabs(list, onChoose) {
  const tabs = /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("a")]);
  const panelOf = (/** @type {HTMLAnchorElement} */ tab) =>
    document.getElementById(`catalogue-${tab.dataset.catalogue}`);
  const show = (/** @type {string} */ catalogue) => {
    for (const tab of tabs) {
      const chosen = tab.dataset.catalogue === catalogue;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = panelOf(tab);
      if (panel) panel.hidden = !chosen;
      if (chosen) intoView(list, tab);
    }
  };
  list.setAttribute("role", "tablist");
  for (const tab of tabs) {
    tab.setAttribute("role", "tab");
    const panel = panelOf(tab);
    if (panel) {
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.removeAttribute("aria-label");
      panel.setAttribute("aria-labelledby", tab.id);
    }
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab);
    });
    tab.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(tab);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1, " ": at }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(tabs[(to + tabs.length) % tabs.length]);
    });
  }
  /** @param {HTMLAnchorElement} tab */
  function choose(tab) {
    show(tab.dataset.catalogue ?? "");
    tab.focus();
    onChoose(tab.dataset.catalogue ?? "");
  }
  return show;
}

/** Scroll to the chosen tab where there are more than fit side by side; the page itself does not move. @param {HTMLElement} list @param {HTMLElement} tab */
function intoView(list, tab) {
  const [all, one] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
  const room = Math.min(48, (all.width - one.width) / 2);
  if (one.left < all.left) list.scrollLeft += one.left - all.left - room;
  else if (one.right > all.right) list.scrollLeft += one.right - all.right + room;
}
