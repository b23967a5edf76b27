/** The answer of a host to a request of several ranges: `multipart/byteranges` (RFC 9110, section 14.6). */

/** The answer is not of that form, or not to this request. */
export class NotMultipart extends Error {}

const CONTENT_RANGE = /^content-range:[ \t]*bytes[ \t]+(\d{1,15})-(\d{1,15})\/(\d{1,15})[ \t]*$/i;
/** RFC 2046: 1 to 70 characters, in quotes if it has special ones. */
const BOUNDARY = /^multipart\/byteranges *;(?:.*;)? *boundary=(?:"([^"]{1,70})"|([^\s";]{1,70})) *(?:;|$)/i;
/** Bytes of the heads of one part: Content-Type, Content-Range, boundary. */
export const HEADS = 1 << 10;

/** @param {string | null} contentType @returns {string | null} null where the answer is of another type */
export function boundaryOf(contentType) {
  const found = BOUNDARY.exec(contentType ?? "");
  return found && (found[1] ?? found[2]);
}

/**
 * The parts of an answer, in its own order.
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {string} boundary
 * @returns {{ offset: number, size: number, bytes: Uint8Array<ArrayBuffer> }[]} size: of the whole file; bytes are views of the body
 * @throws NotMultipart where anything is not as RFC 9110 has it
 */
export function parts(body, boundary) {
  const latin1 = new TextDecoder("latin1");
  let at = 0;
  /** The text up to the end of the line, which is consumed. */
  const line = () => {
    const end = body.indexOf(13, at);
    if (end < 0 || body[end + 1] !== 10 || end - at > HEADS) throw new NotMultipart("a line has no end");
    const text = latin1.decode(body.subarray(at, end));
    at = end + 2;
    return text;
  };
  const found = [];
  if (body[0] === 13 && body[1] === 10) at = 2;
  for (;;) {
    // The last boundary may be followed by nothing or by a line break.
    const ends = latin1.decode(body.subarray(at, at + boundary.length + 6)).replace(/\r\n$/, "");
    if (ends === `--${boundary}--`) return found;
    if (line().trimEnd() !== `--${boundary}`) throw new NotMultipart("a part has no boundary");
    /** @type {RegExpExecArray | null} */
    let range = null;
    for (let head = line(); head; head = line()) range ??= CONTENT_RANGE.exec(head);
    const [first, last, size] = (range ?? []).slice(1).map(Number);
    if (!range || last < first || size <= last) throw new NotMultipart("a part has no Content-Range");
    const bytes = body.subarray(at, at + last - first + 1);
    at += bytes.length;
    if (bytes.length !== last - first + 1 || body[at] !== 13 || body[at + 1] !== 10)
      throw new NotMultipart("a part is not as long as its Content-Range");
    at += 2;
    found.push({ offset: first, size, bytes });
  }
}
