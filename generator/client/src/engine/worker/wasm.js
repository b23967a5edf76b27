/** The binary form of WebAssembly, as far as the modules in between need it. */
export const CODE = {
  magic: [0, ...[..."asm"].map((letter) => letter.charCodeAt(0)), 1, 0, 0, 0],
  ...{ i32: 0x7f, i64: 0x7e, f64: 0x7c, funcref: 0x70, func: 0x60, nothing: 0x40 },
  ...{ unreachable: 0x00, loop: 0x03, if: 0x04, end: 0x0b, branch: 0x0c, return: 0x0f },
  ...{ call: 0x10, callIndirect: 0x11, localGet: 0x20, localTee: 0x22, i32Const: 0x41, i32Ne: 0x47 },
};

/** @param {number} value @returns {number[]} LEB128 */
export function unsigned(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** @param {number} id @param {number[]} content */
export const section = (id, content) => [id, ...unsigned(content.length), ...content];

/** Reads the binary form of a module, from a byte on. */
export class WasmReader {
  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned number in LEB128. */
  number() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Go past numbers in LEB128 of any size and sign. @param {number} [count] */
  skip(count = 1) {
    for (; count > 0; count--) while (this.byte() >= 0x80);
  }

  /** @param {number} length */
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name() {
    return new TextDecoder().decode(this.take(this.number()));
  }
}

/** Bytes before the first section: the magic number and the version. */
const HEAD = 8;

/**
 * Sections of a module in their order.
 * @param {Uint8Array} wasm
 * @returns {Generator<{ id: number, from: number, at: number, end: number }>} `from`: with its head; `at`: without
 */
export function* sections(wasm) {
  const reader = new WasmReader(wasm, HEAD);
  while (reader.at < wasm.length) {
    const from = reader.at;
    const id = reader.byte();
    const length = reader.number();
    yield { id, from, at: reader.at, end: reader.at + length };
    reader.at += length;
  }
}
