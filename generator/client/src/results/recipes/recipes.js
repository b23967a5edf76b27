/** The texts and files for using a query elsewhere. */
import { lazily } from "../../shared/lazy.js";

export const recipes = lazily(() => import("./written.js"));
