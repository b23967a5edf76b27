/** Loaded in the head of every page: everything beyond plain reading. Pages work without it. */
import { openVault } from "../reading/sources/sealed-files.js";
import { readPage } from "../shared/page.js";
import { copyButton } from "../shared/copy.js";
import { asks, requestEarly } from "../shared/early.js";
import { filterFields } from "../site/table-filter.js";
import { finderButton } from "../site/finder.js";
import { followForm } from "../site/forms.js";
import { oneStop } from "../site/header.js";
import { mirrorsPage } from "../site/mirrors.js";
import { openClipped, showSideways } from "../site/sideways.js";
import { stackTables } from "../site/stacked.js";
import { applyTheme, carryTheme, themeButton } from "../site/theme.js";

applyTheme();

/** The engine's files, where the address has a question. From disk they are scripts, which would keep this one waiting. */
function begin() {
  const { base, kind, engine } = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
  if (!asks(kind, location.search)) return;
  // search.html is drawn with its form folded, as it will be
  document.documentElement.dataset.asks = kind;
  if (!engine || location.protocol === "file:") return;
  const folder = `${new URL(base || ".", document.baseURI).href}assets/`;
  requestEarly([engine.wasm, engine.worker, engine.parquet].map(({ file }) => folder + file));
}
begin();

/** This page with its query, relative to the site's folder: the site's place on a reader's disc is private. */
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
 * Before a link is followed: the other language keeps the query and the scroll position; pages on disc keep the theme.
 * @param {Event} event
 */
function beforeLink(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  const vault = openVault();
  if (vault && !/^(blob|data):/.test(link.href) && vault.take(link)) return event.preventDefault();
  if (link.hasAttribute("download")) return;
  const url = new URL(link.href);
  const target = url.href;
  if (link.hasAttribute("data-keep-query")) {
    url.search = location.search;
    url.hash = location.hash;
  }
  if (link.hasAttribute("data-from")) url.searchParams.set("from", here());
  carryTheme(url);
  if (url.href !== target) link.href = url.href;
  if (!vault) return;
  // The address of an encrypted edition may contain its key: only as long as it takes to follow the link.
  const original = link.href;
  vault.carry(url);
  link.href = url.href;
  setTimeout(() => (link.href = original));
}

document.addEventListener("click", beforeLink, true);
document.addEventListener("auxclick", beforeLink, true);
document.addEventListener("submit", followForm);

document.addEventListener("DOMContentLoaded", () => {
  // Firefox treats a page that is left while loading as complete; this is its last element.
  if (!document.getElementById("announce")) return;
  for (const button of document.querySelectorAll("button.theme-toggle")) {
    themeButton(/** @type {HTMLButtonElement} */ (button));
  }
  const finder = document.querySelector("button.find-button");
  if (finder instanceof HTMLButtonElement) finderButton(finder);
  for (const button of document.querySelectorAll("button[data-copy]")) {
    copyButton(/** @type {HTMLButtonElement} */ (button));
  }
  readPage();
  if (document.body.classList.contains("kind-mirrors")) mirrorsPage(document);
  filterFields();
  stackTables();
  showSideways();
  openClipped();
  for (const menu of document.querySelectorAll("details.nav-menu, details.version-menu"))
    closing(/** @type {HTMLDetailsElement} */ (menu));
  const bar = document.querySelector(".site-bar");
  if (bar instanceof HTMLElement) oneStop(bar);
});

/** Close a menu on Escape, on a press outside it and when the focus leaves it. @param {HTMLDetailsElement} menu */
function closing(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  const leave = (/** @type {EventTarget | null} */ to) => {
    if (to instanceof Node && !menu.contains(to)) menu.open = false;
  };
  menu.addEventListener("focusout", ({ relatedTarget }) => leave(relatedTarget));
  document.addEventListener("pointerdown", ({ target }) => leave(target));
}
