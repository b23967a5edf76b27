/** What a page loads when the first name is typed. */
export { loadNames } from "./list.js";
export { shownNames } from "./objects.js";
export { askSesame } from "./sesame.js";
