/**
 * Leaving a page is not an error. A browser aborts what a page is still reading when the reader follows a link: Firefox as soon as
 * it requests the next page, Chromium when that one arrives. All reading goes through `whileHere`, so that no error is
 * reported, and a page that stays after all (the link was to a file to save, or there was no answer) reads again.
 */
import { setSource } from "./trusted.js";

/** @typedef {{ departures: number, gone: boolean, cut: boolean }} Leaving */

/** Milliseconds that the next page may take before an aborted read is repeated. */
const PATIENCE = 2000;
const scope = /** @type {any} */ (globalThis);
scope.drportal ??= {};
/** One for all scripts of a page. @type {Leaving} */
const leaving = (scope.drportal.leaving ??= { departures: 0, gone: false, cut: false });

scope.addEventListener?.("beforeunload", () => void leaving.departures++);
scope.addEventListener?.("pagehide", () => void (leaving.gone = true));
scope.addEventListener?.("pageshow", () => {
  leaving.gone = false;
  // The page is restored from the browser's cache, still waiting for reads that were aborted.
  if (leaving.cut) location.reload();
});

/**
 * The result of `read`, which runs again when leaving the page aborted it and the page is still here.
 * @template T
 * @param {() => Promise<T>} read
 * @param {AbortSignal} [signal] aborts the read
 * @returns {Promise<T>} does not settle once the page is gone, so that no failure is reported
 */
export async function whileHere(read, signal) {
  for (;;) {
    const { departures } = leaving;
    try {
      return await read();
    } catch (error) {
      if (leaving.gone) return nevermore();
      if (signal?.aborted || departures === leaving.departures) throw error;
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      if (leaving.gone) return nevermore();
    }
  }
}

/** @returns {Promise<never>} */
function nevermore() {
  leaving.cut = true;
  return new Promise(() => {});
}

/**
 * Load a script of this site and run it.
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>} throws where it is missing or incomplete
 */
export const runScript = (address, signal) =>
  whileHere(
    () =>
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const end = (/** @type {() => void} */ then) => {
          signal?.removeEventListener("abort", stop);
          script.remove();
          then();
        };
        const stop = () => end(() => reject(new DOMException("Cancelled", "AbortError")));
        if (signal?.aborted) return stop();
        signal?.addEventListener("abort", stop);
        script.onload = () => end(resolve);
        script.onerror = () =>
          end(() => reject(Object.assign(new Error(`${address} could not be loaded`), { address })));
        setSource(script, address);
        document.head.append(script);
      }),
    signal,
  );
