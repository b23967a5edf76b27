import { throwIfAborted, unreadable } from "../../shared/errors.js";
import { t } from "../../shared/strings.js";
import { PARALLEL, coalesce, inParallel } from "../bytes.js";

/**
 * @typedef {import('../bytes.js').Range} Range
 * @typedef {import('../bytes.js').Deliver} Deliver
 * @typedef {import('../bytes.js').ReadOptions} ReadOptions
 */

/** Files that the reader has picked, read from the disk. */
export class PickedFiles {
  kind = /** @type {const} */ ("picked");
  misses = 60;

  /** @param {Map<string, File>} files by path relative to the release's root */
  constructor(files) {
    this.files = files;
  }

  url() {
    return null;
  }

  /**
   * @param {Range[]} ranges
   * @param {Deliver} deliver
   * @param {ReadOptions} [options]
   */
  async readMany(ranges, deliver, { signal, onProgress, gap } = {}) {
    const jobs = coalesce(ranges, { gap });
    const total = jobs.reduce((sum, job) => sum + job.length, 0);
    let loaded = 0;
    await inParallel(jobs, PARALLEL, async ({ path, offset, length }) => {
      throwIfAborted(signal);
      const file = this.files.get(path);
      if (!file) throw unreadable(path, t("it is not among the picked files"));
      const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length) throw unreadable(path, t("it is shorter than it should be"));
      deliver(path, [{ offset, bytes }]);
      onProgress?.((loaded += length), total);
    });
  }
}
