/**
 * Reads that wait for the page. DuckDB reads synchronously, and so can only fail where bytes are missing; a browser that can suspend
 * WebAssembly (JavaScript Promise Integration) stops the statement in the middle of a read until the page has brought them.
 *
 * No call of JavaScript may be between the call that can be suspended and the import that suspends it, and such an import cannot be
 * called from anywhere else. Most reads need not wait, some must not: a small module in between calls the engine's own import, and
 * suspends only where that one asks for it.
 */
import { canWait } from "./names.js";
import { CODE, section } from "./wasm.js";

const scope = /** @type {any} */ (globalThis);
const { Suspending, promising } = /** @type {any} */ (WebAssembly);

/** The engine's import that reads a file: number of the file, address, bytes, offset. */
const READ = "duckdb_web_fs_file_read";
/** Its exports that run a statement. */
const RUNNING = [
  "duckdb_web_pending_query_start_buffer",
  "duckdb_web_pending_query_poll",
  "duckdb_web_query_fetch_results",
];
/** Answer of the module's import `read` where it must be called again after `wait`; DuckDB's own are not negative. */
const NOT_YET = -1;

/** Whether a statement that runs may be suspended, and whether one runs now. */
let allowed = false;
let running = false;
/** A read that cannot be answered yet. @type {{ path: string, offset: number, length: number } | null} */
let wanted = null;
let refused = false;
let resume = () => {};
/** Messages that arrive meanwhile: DuckDB answers them one after another. @type {any[]} */
const held = [];
/** The calls of RUNNING that can be suspended, by name; the adapted worker prefers these to the engine's own. @type {Record<string, Function>} */
const calls = {};

/** @param {boolean} on */
export function allowWaiting(on) {
  allowed = on && canWait;
  scope.drportalCalls = allowed ? calls : undefined;
}

/**
 * Called by a read of missing bytes.
 * @param {{ path: string, offset: number, length: number }} range
 * @returns {boolean} whether it is called again when the page has brought them; else it must fail
 */
export function waitFor(range) {
  if (!allowed || !running || refused) return false;
  wanted = range;
  return true;
}

/** Whether a statement is running whose bytes the page brings, so that nothing else may. */
export const isServed = () => allowed && running;

/** The page has brought what it was asked for, or could not. @param {boolean} brought */
export function goOn(brought) {
  refused = !brought;
  resume();
}

/** @param {MessageEvent} event @returns {boolean} whether the message is answered later */
export function hold({ data }) {
  if (running) held.push(data);
  return running;
}

/** @param {any} imports of the engine */
export function suspendable({ env }) {
  if (!canWait) return;
  const original = env[READ];
  const read = (/** @type {number[]} */ ...about) => {
    wanted = null;
    const got = original(...about);
    return wanted ? NOT_YET : got;
  };
  const wait = async () => {
    const answered = new Promise((/** @type {(value?: unknown) => void} */ done) => (resume = () => done()));
    scope.postMessage({ drportal: "want", ...wanted });
    await answered;
  };
  const between = new WebAssembly.Module(BETWEEN);
  const { exports } = new WebAssembly.Instance(between, { "": { r: read, w: new Suspending(wait) } });
  env[READ] = exports.r;
}

/** @param {WebAssembly.Exports} exports of the engine */
export function callable(exports) {
  for (const name of canWait ? RUNNING : []) {
    const call = promising(exports[name]);
    calls[name] = async (/** @type {number[]} */ ...about) => {
      running = true;
      refused = false;
      try {
        return await call(...about);
      } finally {
        if (held.length) setTimeout(deliver);
        else running = false;
      }
    };
  }
}

/** After the answer has been taken from the engine's memory. */
function deliver() {
  running = false;
  for (const data of held.splice(0)) scope.dispatchEvent(new MessageEvent("message", { data }));
}

/**
 *     (func (export "r") (param i32 i32 i32 f64) (result i32) (local i32)
 *       (loop
 *         (if (i32.ne (local.tee 4 (call $r (local.get 0) … (local.get 3))) (i32.const -1)) (then (return (local.get 4))))
 *         (call $w)
 *         (br 0))
 *       unreachable)
 */
const { i32, f64, nothing } = CODE;
const BODY = [
  ...[1, 1, i32],
  ...[CODE.loop, nothing],
  ...[0, 1, 2, 3].flatMap((local) => [CODE.localGet, local]),
  ...[CODE.call, 0, CODE.localTee, 4, CODE.i32Const, NOT_YET & 0x7f, CODE.i32Ne],
  ...[CODE.if, nothing, CODE.localGet, 4, CODE.return, CODE.end],
  ...[CODE.call, 1, CODE.branch, 0, CODE.end, CODE.unreachable, CODE.end],
];
const [r, w] = ["r", "w"].map((name) => name.charCodeAt(0));
const BETWEEN = new Uint8Array([
  ...CODE.magic,
  ...section(1, [2, CODE.func, 4, i32, i32, i32, f64, 1, i32, CODE.func, 0, 0]),
  ...section(2, [2, 0, 1, r, 0, 0, 0, 1, w, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, 1, r, 0, 2]),
  ...section(10, [1, BODY.length, ...BODY]),
]);
