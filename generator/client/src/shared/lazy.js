/** A part of the page whose script is loaded when it is first asked for. */
import { unloaded } from "./errors.js";
import { runScript } from "./leaving.js";

/**
 * @template {object} Host
 * @template Made
 * @param {string} name by which the script puts what makes the part into `drportal`
 * @param {HTMLElement} section with the script's address
 * @param {Host} host what the part is given
 * @param {(about: {file: string, why: string}) => string} missing what is said where the script cannot be loaded; it is
 *   tried again by the next call
 * @returns {() => Promise<Made>} the part, the same each time
 */
export function lazily(name, section, host, missing) {
  /** @type {Promise<Made> | null} */
  let made = null;
  return () => {
    const address = section.dataset.script ?? "";
    made ??= runScript(address).then(
      () => /** @type {any} */ (globalThis).drportal[name](host),
      (cause) => {
        made = null;
        throw unloaded(cause, address, missing);
      },
    );
    return made;
  };
}
