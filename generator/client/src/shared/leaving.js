/**
 * Leaving a page is no error. A browser cuts off what a page still reads when the reader follows a link: Firefox as soon as
 * it asks for the next page, Chromium when that one comes. All reading goes through `whileHere`, so that nothing is
 * said of it, and a page that stays after all (the link was of a file to save, or there was no answer) reads on.
 */
import { setSource } from "./trusted.js";

/** @typedef {{ departures: number, gone: boolean, cut: boolean }} Leaving */

/** Milliseconds for the next page to come, before what was cut off is asked for again. */
const PATIENCE = 2000;
const scope = /** @type {any} */ (globalThis);
scope.drportal ??= {};
/** One for all scripts of a page. @type {Leaving} */
const leaving = (scope.drportal.leaving ??= { departures: 0, gone: false, cut: false });

scope.addEventListener?.("beforeunload", () => void leaving.departures++);
scope.addEventListener?.("pagehide", () => void (leaving.gone = true));
scope.addEventListener?.("pageshow", () => {
  leaving.gone = false;
  // The page comes back as it was left, and with it what waits for the part that was cut off.
  if (leaving.cut) location.reload();
});

/**
 * What `read` reads. It is run again when a departure cut it off and the page is still here.
 * @template T
 * @param {() => Promise<T>} read
 * @param {AbortSignal} [signal] of whoever wants it no longer
 * @returns {Promise<T>} settles no more once the page is gone, so that nobody speaks of a failure
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
 * @returns {Promise<void>} throws where it is not there, or not whole
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
        script.onerror = () => end(() => reject(new Error(`${address} could not be loaded`)));
        setSource(script, address);
        document.head.append(script);
      }),
    signal,
  );
