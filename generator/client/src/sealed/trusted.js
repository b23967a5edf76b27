/** HTML of the edition itself is trusted: only who has the key can have written it. */

/** @param {string} html @returns {string} as browsers with Trusted Types want it */
export function trustedHtml(html) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return html;
  return types
    .createPolicy("drportal", { createHTML: (/** @type {string} */ text) => text })
    .createHTML(html);
}
