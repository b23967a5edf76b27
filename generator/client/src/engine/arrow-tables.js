/** Tables of the page's own values, as the engine takes them. */
import { Float64, Int32, Int64, Table, Uint64, Utf8, makeData, makeVector } from "apache-arrow";

/** @typedef {Int32Array | Float64Array | BigInt64Array | BigUint64Array | string[]} Values */
/** @typedef {{ values: Values, isNull?: (row: number) => boolean }} Column */

/** @param {Record<string, Column>} columns all of the same length */
export function tableOf(columns) {
  return new Table(
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, vectorOf(column)])),
  );
}

/** @param {Column} column */
function vectorOf({ values, isNull }) {
  if (Array.isArray(values)) return textVector(values, isNull);
  const type =
    values instanceof Int32Array
      ? new Int32()
      : values instanceof Float64Array
        ? new Float64()
        : values instanceof BigInt64Array
          ? new Int64()
          : new Uint64();
  const shape = { length: values.length, ...nulls(values.length, isNull) };
  return makeVector(makeData(/** @type {any} */ ({ type, data: values, ...shape })));
}

/** @param {number} length @param {Column["isNull"]} isNull */
function nulls(length, isNull) {
  if (!isNull) return { nullCount: 0 };
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (isNull(i)) nullCount++;
    else nullBitmap[i >> 3] |= 1 << (i & 7);
  }
  return { nullCount, nullBitmap };
}

/** Arrow's own builder of texts creates functions from text, which the page's policy forbids. @param {string[]} texts @param {Column["isNull"]} isNull */
function textVector(texts, isNull) {
  const encoder = new TextEncoder();
  const valueOffsets = new Int32Array(texts.length + 1);
  let data = new Uint8Array(1 << 16);
  texts.forEach((text, i) => {
    const at = valueOffsets[i];
    const bytes = encoder.encode(text.replaceAll("\0", ""));
    if (at + bytes.length > data.length) {
      const more = new Uint8Array(2 * (at + bytes.length));
      more.set(data);
      data = more;
    }
    data.set(bytes, at);
    valueOffsets[i + 1] = at + bytes.length;
  });
  const shape = { length: texts.length, ...nulls(texts.length, isNull) };
  return makeVector(makeData({ type: new Utf8(), valueOffsets, data, ...shape }));
}
