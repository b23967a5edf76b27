/**
 * Sources of a copy's files: this site over HTTP, or a folder that the reader picked.
 * @typedef {object} Source
 * @property {(path: string) => Promise<{stream: ReadableStream<Uint8Array>, size: number | null} | null>} open null: no such file
 * @property {() => string[] | null} paths all existing files; null where these cannot be known
 * @property {number} parallel
 */

/**
 * @param {string} base address of the folder, with a slash at the end
 * @param {AbortSignal} signal
 * @returns {Source}
 */
export function fromSite(base, signal) {
  return {
    async open(path) {
      const address = base + path.split("/").map(encodeURIComponent).join("/");
      const answer = await fetch(address, { cache: "no-store", signal });
      if (answer.status === 404 || answer.status === 410) return null;
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim());
      return { stream: answer.body ?? new Blob([]).stream(), size: null };
    },
    paths: () => null,
    parallel: 4,
  };
}

/**
 * @param {Iterable<File>} files from a picked folder
 * @param {AbortSignal} signal
 * @returns {Source}
 */
export function fromFolder(files, signal) {
  /** @type {Map<string, File>} */
  const found = new Map();
  for (const file of files)
    found.set(file.webkitRelativePath.split("/").slice(1).join("/") || file.name, file);
  return {
    async open(path) {
      signal.throwIfAborted();
      const file = found.get(path);
      return file ? { stream: file.stream(), size: file.size } : null;
    },
    paths: () => [...found.keys()],
    parallel: 2,
  };
}
