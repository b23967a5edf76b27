/** What is loaded once a reader saves elsewhere than in the browser's downloads. */
export { Folder } from "./folder.js";
export { PlaceForm } from "./place-form.js";
export { Sending } from "./sending.js";
