/** A folder of this computer, in browsers with the File System Access API. */
import { damaged, unreadable } from "../shared/errors.js";
import { freeName, pieces, sha256Of } from "./place.js";

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./place.js").Transfer} Transfer
 * @typedef {import("./place.js").SavedFile} SavedFile
 */

/** @implements {Place} */
export class Folder {
  /** @param {FileSystemDirectoryHandle} handle */
  constructor(handle) {
    this.handle = handle;
    this.title = handle.name;
  }

  /** @param {SavedFile} file */
  start(file) {
    return new Writing(this.handle, file);
  }
}

/** @implements {Transfer} */
class Writing {
  /** @param {FileSystemDirectoryHandle} folder @param {SavedFile} file */
  constructor(folder, { blob, name }) {
    this.folder = folder;
    this.blob = blob;
    this.name = name;
    this.begun = false;
  }

  /** @param {AbortSignal} signal @param {(sent: number) => void} onBytes @returns {Promise<"sha256">} */
  async run(signal, onBytes) {
    this.name = await freeName(this.name, (name) => this.#has(name));
    const handle = await this.folder.getFileHandle(this.name, { create: true });
    this.begun = true;
    const stream = await handle.createWritable();
    let done = 0;
    try {
      for await (const piece of pieces(this.blob, signal)) {
        await stream.write(piece);
        onBytes((done += piece.length));
      }
      await stream.close();
    } catch (error) {
      await stream.abort().catch(() => {});
      throw error;
    }
    if ((await sha256Of(await handle.getFile(), signal)) !== (await sha256Of(this.blob, signal)))
      throw unreadable(this.name, damaged());
    return "sha256";
  }

  async undo() {
    if (this.begun) await this.folder.removeEntry(this.name);
  }

  /** @param {string} name */
  async #has(name) {
    try {
      await this.folder.getFileHandle(name);
      return true;
    } catch (error) {
      const { name: kind } = /** @type {DOMException} */ (error);
      if (kind === "TypeMismatchError") return true;
      if (kind === "NotFoundError") return false;
      throw error;
    }
  }
}
