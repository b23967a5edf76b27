/**
 * Bytes as two texts in a script: `../../../carried.py` explains the code. Two bytes are one character; in the second text is a
 * digit, which is 1 where the last byte only fills up, and then the distances between characters whose highest bit is changed.
 */

const FAR = 0xd7ff;
const HALF = 0x8000;
/** Characters that a literal contains as an escape. @type {Record<string, string>} */
const ESCAPES = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r" };

/**
 * @param {string} text
 * @param {string} marks
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws RangeError for texts that are not such a pair
 */
export function bytesOf(text, marks) {
  const count = text.length;
  const units = new Uint16Array(count);
  for (let i = 0; i < count; i++) units[i] = text.charCodeAt(i);
  let at = 0;
  for (let i = 1; i < marks.length; i++) {
    const step = marks.charCodeAt(i);
    at += step;
    if (at >= count && step !== FAR) throw new RangeError("a mark is outside of the text");
    if (step !== FAR) units[at] ^= HALF;
  }
  if (marks[0] !== "0" && marks[0] !== "1") throw new RangeError("the marks do not begin with a digit");
  return new Uint8Array(units.buffer, 0, 2 * count - Number(marks[0]));
}

/**
 * The script that delivers bytes. Computers store numbers in the order of UTF-16LE, nearly all of them; the others cannot
 * use pages from disk.
 * @param {string} call its beginning, such as `drportal.asset("duckdb",`
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} of the file
 */
export function asScript(call, bytes) {
  const units = new Uint16Array((bytes.length + 1) >> 1);
  new Uint8Array(units.buffer).set(bytes);
  const marks = [String(bytes.length % 2)];
  let last = 0;
  for (let i = 0; i < units.length; i++) {
    if ((units[i] & 0xf800) !== 0xd800) continue;
    units[i] ^= HALF;
    let step = i - last;
    for (; step >= FAR; step -= FAR) marks.push(String.fromCharCode(FAR));
    marks.push(String.fromCharCode(step));
    last = i;
  }
  const literal = (/** @type {string} */ text) => `"${text.replace(/["\\\n\r]/g, (c) => ESCAPES[c])}"`;
  const text = new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units);
  const script = `\ufeff${call}${literal(text)},${literal(marks.join(""))});\n`;
  const file = new Uint16Array(script.length);
  for (let i = 0; i < script.length; i++) file[i] = script.charCodeAt(i);
  return new Uint8Array(file.buffer);
}
