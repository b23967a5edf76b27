/** Streams from other sources, which may be compressed, interrupted or damaged. */

/**
 * Firefox logs the error of a stream of which a Response was made, even if it is caught. So that stream
 * ends early instead, and the error is thrown from here.
 * @template T
 * @param {ReadableStream<Uint8Array>} stream
 * @param {(answer: Response) => Promise<T>} take reads all of it
 * @param {string} [type]
 * @returns {Promise<T>}
 */
export async function taken(stream, take, type = "application/octet-stream") {
  const reader = stream.getReader();
  /** @type {{ cause: unknown } | null} */
  let broken = null;
  const whole = new ReadableStream({
    async pull(out) {
      const part = await reader.read().catch((cause) => {
        broken = { cause };
        return { done: true, value: undefined };
      });
      if (part.done) out.close();
      else out.enqueue(part.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const made = take(new Response(whole, { headers: { "content-type": type } }));
  // Part of a file may be valid, or fail with another error: the error of the stream has priority.
  await made.catch(() => {});
  const failed = /** @type {{ cause: unknown } | null} */ (broken);
  if (failed) throw failed.cause;
  return made;
}

/**
 * The same for compressed streams.
 * @template T
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} packed
 * @param {(answer: Response) => Promise<T>} take
 * @param {string} [type]
 * @param {CompressionFormat} [format] "deflate" is zlib's
 */
export const unpacked = (packed, take, type, format = "gzip") =>
  taken(packed.pipeThrough(new DecompressionStream(format)), take, type);
