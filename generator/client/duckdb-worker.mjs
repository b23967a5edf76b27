/**
 * DuckDB's worker, changed where its start takes longest. Emscripten gives each of the engine's 78,000 exports a cell of the global offset
 * table and each function a place in the table of functions, in case an extension asks for it. The Parquet extension asks for 3,300,
 * and the engine itself for 268: here a symbol gets its cell when it is asked for. Which library a symbol comes from stays the same: the
 * one that was loaded first.
 */

/** Text of DuckDB's worker, and what replaces it. @type {[string, string][]} */
const CHANGES = [
  [
    'return r||(r=GOT[t]=new WebAssembly.Global({value:"i32",mutable:!0})),',
    'return r||(r=GOT[t]=new WebAssembly.Global({value:"i32",mutable:!0}),find(t)),',
  ],
  [
    "updateGOT=(e,t)=>{for(var r in e)if(!isInternalSym(r)){",
    "libraries=[],find=t=>{for(var e of libraries){var r={};" +
      // A function with 64-bit integers is there twice; the one for JavaScript comes first, the other replaces it.
      'for(var n of[t,"orig$"+t])Object.hasOwn(e,n)&&(r[n]=e[n]);fillGOT(r)}},' +
      "updateGOT=(e,t)=>{libraries.push(e);fillGOT(e,t)}," +
      'fillGOT=(e,t)=>{for(var r in e)if((Object.hasOwn(GOT,r)||r.startsWith("orig$"))&&!isInternalSym(r)){',
  ],
  [
    't=!0),GOT[r]||(GOT[r]=new WebAssembly.Global({value:"i32",mutable:!0})),(t||',
    "t=!0);if(!Object.hasOwn(GOT,r))continue;(t||",
  ],
];

/** @param {string} code DuckDB's worker, as its package has it */
export function adapted(code) {
  let made = code.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  for (const [before, after] of CHANGES) {
    if (made.split(before).length !== 2)
      throw new Error(
        `DuckDB's worker has another form than duckdb-worker.mjs expects: ${before.slice(0, 40)}`,
      );
    made = made.replace(before, () => after);
  }
  return made;
}
