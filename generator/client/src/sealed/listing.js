import { shared } from "../shared/once.js";
import { unpacked } from "../shared/unpack.js";

/** The places of files in the stream. Mirrors generator/publish/sealed_index.py. */

/**
 * @typedef {{ kind: "raw" | "gzip", offset: number, bytes: number, size: number }} Stored
 * @typedef {{ pages: [first: string, offset: number, bytes: number][], shells: Record<string, string> }} Root
 */

/** @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function unpack(packed) {
  const stream = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Blob([packed]).stream());
  return new Uint8Array(await unpacked(stream, (answer) => answer.arrayBuffer()));
}

/** @param {Uint8Array<ArrayBuffer>} packed */
const asJson = async (packed) => JSON.parse(new TextDecoder().decode(await unpack(packed)));

/** @param {Uint8Array<ArrayBuffer>} bytes of the piece 0 @returns {Promise<Root>} */
export function readRoot(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return asJson(bytes.slice(4, 4 + length));
}

/** In the order of code points, as the index is. @param {string} a @param {string} b */
function before(a, b) {
  const [one, other] = [a, b].map((text) => new TextEncoder().encode(text));
  for (let i = 0; i < Math.min(one.length, other.length); i++)
    if (one[i] !== other[i]) return one[i] < other[i];
  return one.length < other.length;
}

export class Listing {
  /** @type {Map<number, Promise<Map<string, Stored | null>>>} */
  #pages = new Map();

  /** @param {Root} root @param {(offset: number, bytes: number) => Promise<Uint8Array<ArrayBuffer>>} read */
  constructor(root, read) {
    this.root = root;
    this.read = read;
    /** The path of the file that replaces a page, where it has another name. */
    this.shellOf = new Map(Object.entries(root.shells).map(([shell, page]) => [page, shell]));
  }

  /**
   * A file of the stream; null for one that is not there.
   * @param {string} path @returns {Promise<Stored | null>}
   */
  async find(path) {
    const { pages } = this.root;
    let [low, high] = [0, pages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(path, pages[middle][0])) high = middle;
      else low = middle + 1;
    }
    if (!low) return null;
    return (await this.#page(low - 1)).get(path) ?? null;
  }

  /** @param {number} at */
  #page(at) {
    return shared(this.#pages, at, async () => {
      const [, offset, bytes] = this.root.pages[at];
      const lines = await asJson(await this.read(offset, bytes));
      return new Map(lines.map((/** @type {any[]} */ line) => [line[0], stored(line)]));
    });
  }
}

/** @param {any[]} line @returns {Stored | null} null for files that are elsewhere */
function stored([, kind, offset, bytes, size]) {
  if (kind !== "raw" && kind !== "gzip") return null;
  return { kind, offset, bytes, size: size ?? bytes };
}
