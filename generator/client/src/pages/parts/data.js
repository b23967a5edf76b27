/** What reads data: loaded together with the engine. */
export { openCatalogue, openBeside, openPlanned, usePickedFiles } from "../../catalogue/catalogue.js";
export { openFiles } from "../../catalogue/files.js";
export { macrosFor } from "../../search/sql/macros.js";
export { beginEngine } from "../../engine/engine.js";
