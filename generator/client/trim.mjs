/**
 * DuckDB's engine without what no page can reach. Emscripten exports every symbol of a program that loads extensions, here 77,813, and keeps the
 * code of all of them. Pages load one extension, whose imports are known: all other exports are removed, and the bodies of functions that
 * nothing refers to any more. Functions keep their numbers, and what is left of the code its bytes.
 */

import { WasmReader, sections, unsigned } from "./src/engine/worker/wasm.js";

const EXPORT = 7;
const START = 8;
const ELEMENT = 9;
const CODE = 10;
/** A body without variables that must never run: `unreachable`, `end`. */
const EMPTY = [3, 0, 0, 0x0b];

/** How many numbers in LEB128 follow an instruction; none where it is not here. @type {Map<number, number>} */
const NUMBERS = new Map([
  ...[0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x18].map(
    (code) => /** @type {const} */ ([code, 1]),
  ), // blocks, exceptions, branches
  ...[0x11, 0x13].map((code) => /** @type {const} */ ([code, 2])), // call_indirect
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26].map((code) => /** @type {const} */ ([code, 1])), // variables, tables
  ...Array.from({ length: 0x3f - 0x28 }, (_, i) => /** @type {const} */ ([0x28 + i, 2])), // loads and stores
  ...[0x3f, 0x40, 0x41, 0x42, 0xd0].map((code) => /** @type {const} */ ([code, 1])), // size of memory, constants
]);
/** The same for the second byte of instructions that begin with 0xfc: conversions, then memory and tables. */
const BULK = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
/** Instructions without anything behind them. @param {number} code */
const plain = (code) =>
  [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1].includes(code) || (code >= 0x45 && code <= 0xc4);

/**
 * Which functions the body of a function calls or takes the address of.
 * @param {Uint8Array} wasm @param {number} at @param {number} end
 * @param {(index: number) => void} use
 */
function callees(wasm, at, end, use) {
  const reader = new WasmReader(wasm, at);
  for (let groups = reader.number(); groups > 0; groups--) reader.skip(2); // variables
  while (reader.at < end) {
    const code = reader.byte();
    const numbers = NUMBERS.get(code);
    if (numbers) reader.skip(numbers);
    else if (code === 0x10 || code === 0x12 || code === 0xd2) use(reader.number());
    else if (code === 0x0e)
      reader.skip(reader.number() + 1); // br_table
    else if (code === 0x1c)
      reader.skip(reader.number()); // select of a type
    else if (code === 0x43 || code === 0x44)
      reader.at += code === 0x43 ? 4 : 8; // f32.const, f64.const
    else if (code === 0xfc) {
      const numbers = BULK[reader.number()];
      if (numbers === undefined) throw new Error(`trim.mjs knows no such instruction: at byte ${reader.at}`);
      reader.skip(numbers);
    } else if (!plain(code))
      throw new Error(`trim.mjs does not know instruction ${code}: at byte ${reader.at}`);
  }
  if (reader.at !== end) throw new Error(`trim.mjs read past the function that ends at byte ${end}`);
}

/**
 * Functions that must stay whoever exports them: those in the table, where data refer to them by their places, and the one that runs at the start.
 * @param {(id: number) => WasmReader} reader of a section
 */
function referred(reader) {
  const found = [];
  if (reader(START).at) found.push(reader(START).number());
  const elements = reader(ELEMENT);
  for (let count = elements.number(); count > 0; count--) {
    // A list of functions for the only table, from an address on: a global or a constant, and `end`.
    if (elements.number() !== 0) throw new Error("trim.mjs knows one kind of element segment only");
    elements.skip(2);
    if (elements.byte() !== 0x0b) throw new Error("trim.mjs does not know where an element segment begins");
    for (let functions = elements.number(); functions > 0; functions--) found.push(elements.number());
  }
  return found;
}

/** @param {WasmReader} reader of the section of exports @param {(name: string) => boolean} needed */
function exportsOf(reader, needed) {
  const kept = [];
  const functions = [];
  for (let count = reader.number(); count > 0; count--) {
    const from = reader.at;
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.number();
    if (!needed(name)) continue;
    kept.push(reader.bytes.subarray(from, reader.at));
    if (kind === 0) functions.push(index);
  }
  return { section: [Uint8Array.from(unsigned(kept.length)), ...kept], functions };
}

/**
 * @param {Uint8Array} wasm
 * @param {(name: string) => boolean} needed whether anyone asks for that export
 * @returns {Uint8Array}
 */
export function trimmed(wasm, needed) {
  const parts = [...sections(wasm)];
  const reader = (/** @type {number} */ id) => {
    const part = parts.find((one) => one.id === id);
    return part ? new WasmReader(wasm, part.at) : new WasmReader(new Uint8Array(1));
  };
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(wasm)));
  const imported = imports.filter(({ kind }) => kind === "function").length;
  const { section, functions } = exportsOf(reader(EXPORT), needed);
  const code = reader(CODE);
  const bodies = Array.from({ length: code.number() }, () => {
    const from = code.at;
    const length = code.number();
    return { from, at: code.at, end: (code.at += length) };
  });
  const alive = new Set([...referred(reader), ...functions]);
  // What is added while the set is read is read as well.
  for (const index of alive) {
    const body = bodies[index - imported];
    if (body) callees(wasm, body.at, body.end, (callee) => alive.add(callee));
  }
  const empty = Uint8Array.from(EMPTY);
  const made = new Map([
    [EXPORT, section],
    [
      CODE,
      [
        Uint8Array.from(unsigned(bodies.length)),
        ...bodies.map(({ from, end }, i) => (alive.has(i + imported) ? wasm.subarray(from, end) : empty)),
      ],
    ],
  ]);
  const all = [wasm.subarray(0, 8)];
  for (const { id, from, end } of parts) {
    const content = made.get(id);
    if (!content) all.push(wasm.subarray(from, end));
    else
      all.push(
        Uint8Array.from([id, ...unsigned(content.reduce((sum, { length }) => sum + length, 0))]),
        ...content,
      );
  }
  return new Uint8Array(Buffer.concat(all));
}

/**
 * The engine with what its worker and one extension ask for.
 * @param {Uint8Array} wasm of DuckDB @param {string} worker its script @param {Uint8Array} extension
 */
export function engineFor(wasm, worker, extension) {
  const module = (/** @type {Uint8Array} */ bytes) => new WebAssembly.Module(new Uint8Array(bytes));
  const [engine, loaded] = [wasm, extension].map(module);
  const names = new Set(
    [engine, loaded].flatMap((one) => WebAssembly.Module.imports(one).map(({ name }) => name)),
  );
  for (const [, name] of worker.matchAll(/\bwasmExports\.(\w+)/g)) names.add(name);
  // Functions with 64-bit integers are there twice, for JavaScript and for WebAssembly; the worker calls others by their types.
  const needed = (/** @type {string} */ name) =>
    names.has(name.replace(/^orig\$/, "")) || name.startsWith("dynCall_");
  const made = trimmed(wasm, needed);
  if (!WebAssembly.validate(new Uint8Array(made)))
    throw new Error("trim.mjs made an engine that is not valid");
  return made;
}
