/**
 * DuckDB's worker, changed in two ways.
 *
 * A call of the engine may be suspended (see src/engine/worker/waiting.js): then it returns a promise.
 *
 * The other is where its start takes longest. Emscripten gives each of the engine's 78,000 exports a cell of the global offset
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
  ["var moduleExports;function", "var moduleExports,links=globalThis.drportalLinks(binary);function"],
  ["e[t]=(...n)=>(r||(r=resolveSymbol(t)),r(...n))", "e[t]=links.functions[t]"],
  [
    "moduleExports=relocateExports(instance.exports,memoryBase),",
    "moduleExports=relocateExports(instance.exports,memoryBase),links.fill(moduleExports),",
  ],
  ['getCFunc=e=>{var t=Module["_"+e];return t}', 'getCFunc=e=>globalThis.drportalCalls?.[e]??Module["_"+e]'],
  [
    't.unshift("number"),r.unshift(a),o.ccall(e,null,t,r);let l=o.HEAPF64[(a>>3)+0],c=o.HEAPF64[(a>>3)+1],u=o.HEAPF64[(a>>3)+2];' +
      "return o.stackRestore(n),[l,c,u]}",
    't.unshift("number"),r.unshift(a);let d=o.ccall(e,null,t,r),s=()=>{let l=o.HEAPF64[(a>>3)+0],c=o.HEAPF64[(a>>3)+1],u=o.HEAPF64[(a>>3)+2];' +
      "return o.stackRestore(n),[l,c,u]};return d instanceof Promise?d.then(s):s()}",
  ],
  ...["startPendingQuery(e,t,r=!1){let n=xn", "pollPendingQuery(e){let", "fetchQueryResults(e){let"].map(
    (code) => /** @type {[string, string]} */ ([code, `async ${code}`]),
  ),
  ...["pending_query_start_buffer", "pending_query_poll", "query_fetch_results"].map(
    (name) =>
      /** @type {[string, string]} */ ([
        `=fe(this.mod,"duckdb_web_${name}"`,
        `=await fe(this.mod,"duckdb_web_${name}"`,
      ]),
  ),
  ...["startPendingQuery", "pollPendingQuery", "fetchQueryResults"].map(
    (name) =>
      /** @type {[string, string]} */ ([
        `{let t=this._bindings.${name}(`,
        `{let t=await this._bindings.${name}(`,
      ]),
  ),
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
