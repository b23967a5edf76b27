/**
 * Functions that an extension of the engine imports from itself, as its inline functions. Emscripten links each of them by a function of JavaScript, because
 * the extension's own exports do not exist yet when it is instantiated: a scan called these a million times, and where one is being called, a
 * statement cannot be suspended (see waiting.js). Here they are functions of a module in between, which call what is then in its table.
 */
import { CODE, WasmReader, section, sections, unsigned } from "./wasm.js";

/** Sections of a module, and the imports and types with which we are concerned. */
const [TYPES, IMPORTS, FUNCTIONS, TABLES, EXPORTS, CODES] = [1, 2, 3, 4, 7, 10];
const [FUNCTION, TABLE, MEMORY, GLOBAL, TAG] = [0, 1, 2, 3, 4];

/**
 * Types of functions: how many parameters, and whether one of them or the result has 64 bits.
 * @param {WasmReader} bytes
 */
function typesIn(bytes) {
  return Array.from({ length: bytes.number() }, () => {
    if (bytes.byte() !== CODE.func) throw new TypeError("not a type of a function");
    const parameters = bytes.take(bytes.number());
    const results = bytes.take(bytes.number());
    return { count: parameters.length, long: parameters.includes(CODE.i64) || results.includes(CODE.i64) };
  });
}

/**
 * Names and types of the functions that a module imports.
 * @param {WasmReader} bytes
 * @returns {[name: string, type: number][]}
 */
function importsIn(bytes) {
  const limits = () => {
    const flags = bytes.number();
    bytes.number();
    if (flags & 1) bytes.number();
  };
  /** @type {Record<number, () => void>} */
  const others = {
    [TABLE]: () => (bytes.byte(), limits()),
    [MEMORY]: limits,
    [GLOBAL]: () => void bytes.take(2),
    [TAG]: () => (bytes.byte(), void bytes.number()),
  };
  /** @type {[string, number][]} */
  const found = [];
  for (let count = bytes.number(); count > 0; count--) {
    bytes.name();
    const name = bytes.name();
    const kind = bytes.byte();
    if (kind === FUNCTION) found.push([name, bytes.number()]);
    else others[kind]();
  }
  return found;
}

/**
 * @param {Uint8Array | Int8Array} extension
 * @returns {{ functions: WebAssembly.Exports, fill: (own: WebAssembly.Exports) => void }} functions by name, to be imported; fill: called with
 *   the extension's exports when they are there
 */
export function links(extension) {
  const binary = new Uint8Array(extension.buffer, extension.byteOffset, extension.byteLength);
  /** @type {Map<number, WasmReader>} */
  const found = new Map();
  for (const { id, at } of sections(binary)) {
    found.set(id, new WasmReader(binary, at));
    if (id === IMPORTS) break;
  }
  const inside = (/** @type {number} */ id) => /** @type {WasmReader} */ (found.get(id));
  const from = inside(TYPES).at;
  const types = typesIn(inside(TYPES));
  const typed = binary.subarray(from, inside(TYPES).at);
  const imported = importsIn(inside(IMPORTS));
  const count = unsigned(imported.length);
  const names = imported.map((_, i) => String(i));
  const encoded = (/** @type {string} */ name) => [name.length, ...new TextEncoder().encode(name)];
  const bodies = imported.flatMap(([, type], i) => {
    const values = Array.from({ length: types[type].count }, (_, k) => [CODE.localGet, ...unsigned(k)]);
    const call = [CODE.i32Const, ...signed(i), CODE.callIndirect, ...unsigned(type), 0, CODE.end];
    const body = [0, ...values.flat(), ...call];
    return [...unsigned(body.length), ...body];
  });
  const module = new WebAssembly.Module(
    new Uint8Array([
      ...CODE.magic,
      ...section(TYPES, [...typed]),
      ...section(FUNCTIONS, [...count, ...imported.flatMap(([, type]) => unsigned(type))]),
      ...section(TABLES, [1, CODE.funcref, 0, ...count]),
      ...section(EXPORTS, [
        ...unsigned(imported.length + 1),
        ...[...encoded("table"), TABLE, 0],
        ...names.flatMap((name, i) => [...encoded(name), FUNCTION, ...unsigned(i)]),
      ]),
      ...section(CODES, [...count, ...bodies]),
    ]),
  );
  const { exports } = new WebAssembly.Instance(module);
  const table = /** @type {WebAssembly.Table} */ (exports.table);
  return {
    functions: Object.fromEntries(imported.map(([name], i) => [name, exports[i]])),
    fill(own) {
      for (const [i, [name, type]] of imported.entries()) {
        // A function with 64-bit numbers is exported twice, under its own name for JavaScript.
        const found = (types[type].long && own[`orig$${name}`]) || own[name];
        if (typeof found === "function") table.set(i, found);
      }
    },
  };
}

/** @param {number} value not negative @returns {number[]} LEB128 of a signed number */
const signed = (value) => {
  const bytes = unsigned(value);
  const last = bytes.length - 1;
  if (bytes[last] < 64) return bytes;
  return [...bytes.slice(0, last), bytes[last] | 128, 0];
};
