/** The page of mirrors: the page a reader came from on each mirror, and the site's own address in commands. */

const PAGE = /^[\w./-]+\.html(\?.*)?$/;

/**
 * The same page on a mirror; null where `from` is not a page below it.
 * @param {string} base address of the release on the mirror
 * @param {string | null} from page below the site's folder, such as zh/search.html?class=STAR
 */
export function samePage(base, from) {
  if (!from || !PAGE.test(from) || from.startsWith("/")) return null;
  const url = new URL(from, base);
  return url.href.startsWith(new URL(base).href) ? url.href : null;
}

/**
 * The address of the site's folder, if it is on the web.
 * @param {string} page address of this page
 * @param {string} base relative path from it to the folder
 */
export function siteAddress(page, base) {
  const url = new URL(base || ".", page);
  return /^https?:$/.test(url.protocol) ? url.origin + url.pathname : null;
}

/** @param {Document} page */
export function mirrorsPage(page) {
  const from = new URLSearchParams(location.search).get("from");
  for (const link of page.querySelectorAll("a[data-mirror]")) {
    const same = samePage(/** @type {HTMLElement} */ (link).dataset.mirror ?? "", from);
    if (same && link instanceof HTMLAnchorElement) {
      link.href = same;
      link.hidden = false;
    }
  }
  const base = JSON.parse(page.getElementById("page")?.textContent ?? "{}").base ?? "";
  const address = siteAddress(location.href, base);
  for (const span of address ? page.querySelectorAll("[data-address]") : []) {
    const whole = /** @type {HTMLElement} */ (span).dataset.address === "whole";
    span.textContent = whole ? address : String(address).replace(/^https?:\/\//, "");
  }
  if (address) for (const hint of page.querySelectorAll("[data-address-hint]")) hint.remove();
}
