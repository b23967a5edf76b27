/**
 * Answers that were requested before the script that reads them was there. The head of a page asks for the engine's files where the address has a
 * question: on a slow network they are most of what the reader waits for.
 */

const scope = /** @type {any} */ (globalThis);

/** Parameters that say how rows are shown; with these alone nothing is searched. */
const SHOWN = /^(catalogue|columns|compute|limit|plot|show|sort|theme)$/;

/** @param {string} kind of the page @param {string} query of its address */
export function asks(kind, query) {
  const names = [...new URLSearchParams(query).keys()];
  return kind === "sql"
    ? names.includes("sql")
    : kind === "search" && !names.every((name) => SHOWN.test(name));
}

/** @param {string[]} addresses of files that the page will certainly read */
export function requestEarly(addresses) {
  const early = ((scope.drportal ??= {}).early ??= new Map());
  for (const address of addresses) {
    const answer = fetch(address);
    // Whoever takes it reports it.
    answer.catch(() => {});
    early.set(address, answer);
  }
}

/** The answer to an early request, once; later reads make their own. @param {string} address @returns {Promise<Response>} */
export function fetched(address) {
  const answer = scope.drportal?.early?.get(address);
  scope.drportal?.early?.delete(address);
  return answer ?? fetch(address);
}
