/** Colours of the viewer by name, in the current theme, or on paper. */

const NAMES = /** @type {const} */ ([
  ...["paper", "surface", "ink", "ink-soft", "line", "line-strong", "accent", "bad", "warn", "chart-grid"],
  ...["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"],
  ...["chart-7", "chart-8", "chart-9", "chart-10", "chart-11", "chart-12"],
]);

/** @typedef {(typeof NAMES)[number]} Colour @typedef {Record<Colour, string>} Inks */

/** Colours of what is being printed. @type {Inks | null} */
let printed = null;
// Listening first, as this module is loaded before those that draw. Reading the light theme changes the page's, so it is read once.
addEventListener("beforeprint", () => (printed = paperInks()));
addEventListener("afterprint", () => (printed = null));

/** Those of the theme; on paper those of the light one. @returns {Inks} */
export function readInks() {
  return printed ?? themeInks();
}

/** @returns {Inks} */
function themeInks() {
  const style = getComputedStyle(document.documentElement);
  return /** @type {Inks} */ (
    Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  );
}

/** The light theme on white. @returns {Inks} */
export function paperInks() {
  const { dataset } = document.documentElement;
  const before = dataset.theme ?? "auto";
  dataset.theme = "light";
  const inks = themeInks();
  dataset.theme = before;
  return { ...inks, surface: "#ffffff" };
}

/** Draw again when the theme changes, by the reader or by the system, and for paper. @param {() => void} then */
export function onTheme(then) {
  new MutationObserver(then).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", then);
  for (const event of ["beforeprint", "afterprint"]) addEventListener(event, then);
}
