/** What a notebook needs of the release's data, loaded when its cells first use them. */
export { openCatalogue } from "../../catalogue/catalogue.js";
export { openFiles } from "../../catalogue/files.js";
export { openEngine } from "../../engine/engine.js";
export { answering } from "../../notebook/bridge/answers.js";
export { macrosFor } from "../../search/sql/macros.js";
export { ResultShown } from "./result-shown.js";
