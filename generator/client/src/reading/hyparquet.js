/** Options for hyparquet wherever the page reads Parquet by itself. */
import { decompress } from "fzstd";

/** TextDecoder would take a leading U+FEFF for a byte order mark and drop it. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
export const utf8 = (/** @type {Uint8Array} */ bytes) => decoder.decode(bytes);
export const parsers = { stringFromBytes: utf8 };

/** @type {import('hyparquet').Compressors} */
export const compressors = {
  ZSTD: (bytes, length) => decompress(bytes, new Uint8Array(length)),
};
