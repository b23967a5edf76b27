/** A list of targets from text or a file that the reader pasted, dropped or chose. */
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";
import { unpacked } from "../../shared/unpack.js";
import { Refused } from "../grammar.js";

const READERS = {
  parquet: lazily(async () => (await import("./parquet-list.js")).readParquet),
  fits: lazily(async () => (await import("./fits-list.js")).readFits),
  votable: lazily(async () => (await import("./votable-list.js")).readVotable),
  text: lazily(async () => (await import("./text-list.js")).readText),
};
/** Larger files are not lists. */
const MOST_BYTES = 1 << 30;

/**
 * @param {Blob} blob @param {{signal?: AbortSignal, onProgress?: (read: number, all: number) => void}} [options]
 * @returns {Promise<import("./target-table.js").TargetTable>} throws Refused
 */
export async function readList(blob, options = {}) {
  const head = new Uint8Array(await blob.slice(0, 1024).arrayBuffer());
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const packed = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (blob.stream());
    const plain = await unpacked(packed, (answer) => answer.blob()).catch(() => {
      throw new Refused(t("The file could not be unpacked."));
    });
    return readList(plain, options);
  }
  if (blob.size > MOST_BYTES) throw new Refused(t("The file is too large."));
  const text = new TextDecoder().decode(head);
  const format = text.startsWith("PAR1")
    ? "parquet"
    : text.startsWith("SIMPLE  =")
      ? "fits"
      : /^\s*(?:<\?xml|<(?:\w+:)?VOTABLE|<!--)/.test(text)
        ? "votable"
        : "text";
  const read = await READERS[format]();
  const table = await read(blob, options);
  options.signal?.throwIfAborted();
  return table;
}
