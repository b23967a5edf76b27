/** Loaded in the head of every page: what pages do beyond being read. All of it can be done without. */
import { copyButton } from "../site/copy.js";
import { filterField } from "../site/filter.js";
import { finderButton } from "../site/finder.js";
import { followForm } from "../site/forms.js";
import { applyTheme, carryTheme, themeButton } from "../site/theme.js";

applyTheme();

/** This page with its query, below the site's folder: where the site lies on a reader's disc is nobody's concern. */
function here() {
  const root = new URL(
    JSON.parse(document.getElementById("page")?.textContent ?? "{}").base || ".",
    location.href,
  );
  const query = new URLSearchParams(location.search);
  query.delete("theme");
  const path = location.pathname.slice(root.pathname.length) || "index.html";
  return decodeURI(path) + (query.size ? `?${query}` : "");
}

/**
 * Before a link is followed: the other language keeps the query and the place; pages on disc keep the theme.
 * @param {Event} event
 */
function beforeLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  const target = url.href;
  if (link.hasAttribute("data-keep-query")) {
    url.search = location.search;
    url.hash = location.hash;
  }
  if (link.hasAttribute("data-from")) url.searchParams.set("from", here());
  carryTheme(url);
  if (url.href !== target) link.href = url.href;
}

document.addEventListener("click", beforeLink, true);
document.addEventListener("auxclick", beforeLink, true);
document.addEventListener("submit", followForm);

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("button.theme-toggle")) {
    themeButton(/** @type {HTMLButtonElement} */ (button));
  }
  const finder = document.querySelector("button.find-button");
  if (finder instanceof HTMLButtonElement) finderButton(finder);
  for (const button of document.querySelectorAll("button[data-copy]")) {
    copyButton(/** @type {HTMLButtonElement} */ (button));
  }
  for (const field of document.querySelectorAll("input[data-filter]")) {
    filterField(/** @type {HTMLInputElement} */ (field));
  }
  const menu = document.querySelector("details.nav-menu");
  menu?.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== "Escape") return;
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  });
});
