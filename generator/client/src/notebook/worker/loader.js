/** Loads packages into the running interpreter: one order after the other, and the rest of them while it has nothing to do. */
import { loading } from "./closed.js";
import { neededBy } from "./packages.js";

export class Loader {
  /** Orders that are not done. */
  #orders = 0;
  /** Settles when they are; never rejects. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** Packages that could not be loaded while Python had nothing to do: a cell that needs them says why. @type {Set<string>} */
  #failed = new Set();

  /**
   * @param {any} python @param {string[]} packages that the release ships @param {import("./packages.js").Lock} lock
   * @param {ArrayBuffer} fonts the list of Matplotlib's fonts
   */
  constructor(python, packages, lock, fonts) {
    this.python = python;
    this.packages = packages;
    this.lock = lock;
    this.fonts = fonts;
    const purelib = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
    this.folder = `${purelib}/matplotlib`;
  }

  /** Whether packages are being loaded. */
  get busy() {
    return this.#orders > 0;
  }

  /** @param {string} text of a cell @returns {string[]} packages that it needs and that are not there */
  missing(text) {
    return this.#without(neededBy(this.packages, this.lock, text));
  }

  /** @param {string[]} names @returns {string[]} */
  #without(names) {
    const there = new Set(Object.keys(this.python.loadedPackages).map((name) => name.toLowerCase()));
    return names.filter((name) => !there.has(name.toLowerCase()));
  }

  /** Load packages in the open scope, at the start. @param {string[]} names */
  async first(names) {
    const { python } = this;
    const said = /** @type {string[]} */ ([]);
    const errorCallback = (/** @type {string} */ text) => said.push(text.trim().split("\n", 3).join(" "));
    await python.loadPackage(names, { checkIntegrity: true, messageCallback() {}, errorCallback });
    // It says which package, then why.
    if (said.length) throw new Error(said.join(" "));
    // Pyodide's Matplotlib looks for the list of its fonts in its own folder, where that of the wheel is too old.
    if (python.FS.analyzePath(this.folder).exists)
      python.FS.writeFile(`${this.folder}/fontlist.json`, new Uint8Array(this.fonts));
  }

  /**
   * Wait for what is being loaded, then load these too. What the page interrupts is a cell, never this.
   * @param {string[]} names @param {Uint8Array | null} interruptions
   */
  load(names, interruptions) {
    this.#orders++;
    const done = this.#last.then(async () => {
      if (!names.length) return;
      this.python.setInterruptBuffer(undefined);
      try {
        await loading(() => this.first(names));
      } finally {
        if (interruptions) this.python.setInterruptBuffer(interruptions);
      }
    });
    this.#last = done.catch(() => {}).then(() => this.#orders--);
    return done;
  }

  /**
   * Import a module while Python has nothing to do; what fails fails again in the cell that imports it.
   * @param {string} name @param {Uint8Array | null} interruptions
   * @returns {boolean} whether it is there
   */
  import(name, interruptions) {
    this.python.setInterruptBuffer(undefined);
    try {
      this.python.pyimport(name).destroy();
      return true;
    } catch {
      return false;
    } finally {
      if (interruptions) this.python.setInterruptBuffer(interruptions);
    }
  }

  /**
   * Load the packages that are still missing, one by one.
   * @param {() => boolean} wanted whether to go on
   * @param {Uint8Array | null} interruptions
   * @returns {Promise<boolean>} whether all are there
   */
  async rest(wanted, interruptions) {
    for (const name of this.packages) {
      if (!wanted()) return false;
      if (this.#failed.has(name) || !this.#without([name]).length) continue;
      await this.load([name], interruptions).catch(() => this.#failed.add(name));
    }
    return !this.#failed.size;
  }
}
