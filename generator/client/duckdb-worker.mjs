/**
 * DuckDB's worker, changed so that a call of the engine may be suspended (see src/engine/worker/waiting.js): it then returns a promise. It
 * copies the bytes of a file once, from where src/engine/worker/main.js has them.
 */

/** Text of DuckDB's worker, and what replaces it. @type {[string, string][]} */
const CHANGES = [
  ["new Uint8Array(c.response,0,Math.min(c.response.byteLength,r))", "c.bytes.subarray(0,r)"],
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
];

/** @param {string} code DuckDB's worker, as its package has it */
export function adapted(code) {
  let made = code;
  for (const [before, after] of CHANGES) {
    if (made.split(before).length !== 2)
      throw new Error(
        `DuckDB's worker has another form than duckdb-worker.mjs expects: ${before.slice(0, 40)}`,
      );
    made = made.replace(before, () => after);
  }
  return made;
}
