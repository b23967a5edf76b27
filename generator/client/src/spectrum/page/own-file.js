/** A FITS file of the reader's, dropped on the page or chosen: read here, shown with the same tools, sent nowhere. */
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";
import { find } from "../viewer/controls.js";

/**
 * @typedef {import("../data/part.js").Spectrum} Spectrum
 * @typedef {object} Host
 * @property {(spectrum: Spectrum, row: number, rows: number) => void} show
 * @property {(message: string, bad?: boolean) => void} say
 */

const load = lazily(async () => {
  const [{ openFits }, { readSpectrum }] = await Promise.all([
    import("../own/fits-file.js"),
    import("../own/layouts.js"),
  ]);
  return { openFits, readSpectrum };
});

export class OwnFile {
  #host;
  /** @type {{name: string, hdus: import("../own/fits-file.js").Hdu[]} | null} */
  #file = null;
  /** Counts what was opened: an answer that comes late is not shown. */
  #latest = 0;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    const input = /** @type {HTMLInputElement} */ (find("own-file"));
    input.addEventListener("change", () => {
      const [file] = input.files ?? [];
      input.value = "";
      if (file) this.#open(file);
    });
    for (const kind of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"]))
      document.addEventListener(kind, (event) => this.#drag(event));
    find("own-row").addEventListener("change", () => this.#turn());
  }

  /** Another spectrum is shown: the file is forgotten. */
  close() {
    this.#latest++;
    this.#file = null;
    find("own-place").hidden = true;
  }

  /** @param {DragEvent} event */
  #drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle(
      "own-dropping",
      event.type !== "drop" && !(event.type === "dragleave" && !event.relatedTarget),
    );
    const [file] = event.type === "drop" ? event.dataTransfer.files : [];
    if (file) this.#open(file);
  }

  /** @param {File} file */
  async #open(file) {
    await this.#do(async (isLatest) => {
      const { openFits } = await load();
      const hdus = await openFits(file);
      if (!isLatest()) return;
      this.#file = { name: file.name, hdus };
      await this.#show(0, isLatest);
    });
  }

  async #turn() {
    const field = /** @type {HTMLInputElement} */ (find("own-row"));
    const row = Math.min(Math.max(1, Math.round(Number(field.value)) || 1), Number(field.max));
    if (this.#file) await this.#do((isLatest) => this.#show(row - 1, isLatest));
  }

  /** @param {(isLatest: () => boolean) => Promise<void>} work */
  async #do(work) {
    const number = ++this.#latest;
    this.#host.say(t("Reading…"));
    try {
      await work(() => number === this.#latest);
    } catch (error) {
      if (number === this.#latest) this.#host.say(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {number} row @param {() => boolean} isLatest */
  async #show(row, isLatest) {
    const file = this.#file;
    if (!file) return;
    const { readSpectrum } = await load();
    const { parts, rows, id, facts, ...units } = await readSpectrum(file.hdus, row);
    if (!isLatest()) return;
    /** @type {any} */
    const about = {
      name: file.name,
      id: { name: id?.name ?? "spectrum", datatype: "string" },
      layouts: {},
      ...units,
    };
    const number = rows > 1 ? `${file.name} ${row + 1}` : file.name;
    const set = /** @type {any} */ ({ name: file.name, about });
    this.#host.show({ id: id?.value ?? number, set, facts: { ...facts, file: file.name }, parts }, row, rows);
    find("own-place").hidden = false;
    find("own-rows").hidden = rows < 2;
    const field = /** @type {HTMLInputElement} */ (find("own-row"));
    [field.max, field.value] = [String(rows), String(row + 1)];
    find("own-of").textContent = t("of {n}", { n: rows });
  }
}
