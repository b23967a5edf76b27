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
