/** What reads data: loaded together with the engine. */
export { openCatalogue, openPlanned, usePickedFiles } from "../../catalogue/catalogue.js";
export { beginEngine } from "../../engine/engine.js";
