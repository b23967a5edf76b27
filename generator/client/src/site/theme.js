/**
 * The reader's choice of light, dark or the system's theme. Kept in localStorage; pages opened from disc may each
 * have a storage of their own, so there the choice also travels in links as `?theme=`.
 */

/** @typedef {'auto' | 'light' | 'dark'} Theme */

const KEY = "drportal-theme";
const PARAM = "theme";
/** @type {Theme[]} */
const ALL = ["auto", "light", "dark"];

/**
 * @param {string | null} value
 * @returns {Theme | null}
 */
const asTheme = (value) => ALL.find((theme) => theme === value) ?? null;

/** @returns {Theme | null} */
function stored() {
  try {
    return asTheme(localStorage.getItem(KEY));
  } catch {
    return null; // storage is switched off, or this page may have none
  }
}

/** @param {Theme} theme */
function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // the choice then lasts until the page is left, or as long as links pass it on
  }
}

const root = document.documentElement;

/** @returns {Theme} */
const current = () => asTheme(root.dataset.theme ?? null) ?? "auto";

/** Set the theme before anything is painted; call it from the head. */
export function applyTheme() {
  const asked = asTheme(new URLSearchParams(location.search).get(PARAM));
  if (asked) store(asked);
  root.dataset.theme = asked ?? stored() ?? "auto";
}

/**
 * Make a button step through the themes. Its data-auto, data-light and data-dark are its texts.
 * @param {HTMLButtonElement} button
 */
export function themeButton(button) {
  const label = /** @type {HTMLElement} */ (button.querySelector("span"));
  const show = () => {
    label.textContent = button.getAttribute(`data-${current()}`);
    button.title = label.textContent ?? "";
  };
  button.addEventListener("click", () => {
    const theme = ALL[(ALL.indexOf(current()) + 1) % ALL.length];
    root.dataset.theme = theme;
    store(theme);
    forget();
    show();
  });
  button.hidden = false;
  show();
}

/** A theme in the page's own address would override the new choice at the next load: remove it. */
function forget() {
  const url = new URL(location.href);
  if (!url.searchParams.has(PARAM)) return;
  url.searchParams.delete(PARAM);
  try {
    history.replaceState(history.state, "", url);
  } catch {
    // not allowed on this address; links pass on the new choice all the same
  }
}

/**
 * Put the theme into an address of another page on disc.
 * @param {URL} url changed in place
 */
export function carryTheme(url) {
  if (url.protocol !== "file:" || !url.pathname.endsWith(".html")) return;
  if (current() === "auto" && !stored()) url.searchParams.delete(PARAM);
  else url.searchParams.set(PARAM, current());
}
