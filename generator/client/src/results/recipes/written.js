/** All that the menu for using a query elsewhere can write; loaded at its first use. */
export { cellOf } from "./in-python.js";
export { citeRecipe } from "./cite.js";
export { lsdbRecipe } from "./lsdb.js";
export { pythonRecipe } from "./python.js";
export { queryFile, readQueryFile, restoreTargets } from "./query-file.js";
export { sqlRecipe } from "./one-statement.js";
export { listFile } from "./target-list.js";
