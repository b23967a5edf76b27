/** The menu for using a query elsewhere: as SQL, as Python, as a file, by SAMP. */
import { announce, copyText } from "../../shared/copy.js";
import { t } from "../../shared/strings.js";
import { deliver } from "../export/deliver.js";
import { fileName } from "../format.js";
import { makeMenu } from "../menu.js";
import { LIST, MOST_INLINE, canLsdb, placeOf } from "./question.js";
import { recipes } from "./recipes.js";

/** @typedef {import("../view.js").ResultsView} ResultsView */

const BREATH = 1800;

/** @param {ResultsView} view @param {import("../../shared/page.js").Page} page */
export function offerElsewhere(view, page) {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("query-as"));
  const list = /** @type {HTMLElement} */ (document.getElementById("query-list"));
  makeMenu(button, list);
  offerPython(view);

  const offer = () => {
    const question = view.shown?.recipe;
    const targets = question?.search?.targets?.targets.rows.length ?? 0;
    button.hidden = !question;
    const shown = { lsdb: Boolean(question && canLsdb(question)), targets: targets > MOST_INLINE };
    for (const [what, is] of Object.entries(shown)) {
      const item = list.querySelector(`[data-take="${what}"]`)?.parentElement;
      if (item) item.hidden = !is;
    }
  };
  view.events.addEventListener("shown", offer);

  list.addEventListener("click", async (event) => {
    const item = event.target instanceof Element ? event.target.closest("[data-take]") : null;
    const { shown } = view;
    if (!(item instanceof HTMLElement) || !shown?.recipe) return;
    const { about, recipe: question, hits } = shown;
    const date = `${new Date().toISOString().slice(0, 19)}Z`;
    const recipe = { question, about, date, place: placeOf(page.base, location.href), fields: hits.fields };
    const what = item.dataset.take ?? "";
    try {
      const { citeRecipe, listFile, lsdbRecipe, pythonRecipe, queryFile, sqlRecipe } = await recipes();
      const write = { sql: sqlRecipe, python: pythonRecipe, lsdb: lsdbRecipe }[what];
      if (write) await copy(button, write(recipe));
      else if (what === "cite") await copy(button, citeRecipe(recipe, page, hits.total));
      else if (what === "targets" && question.search?.targets && question.form)
        deliver({
          blob: new Blob(listFile(question.search.targets, question.form), { type: "text/csv" }),
          name: LIST,
        });
      else if (what === "file") {
        const stem = [about.release.replaceAll("/", "_"), about.catalogue, "query"];
        const blob = new Blob([queryFile(question, about, date, location.search)], {
          type: "application/json",
        });
        deliver({ blob, name: fileName(stem, "drportal.json") });
      }
    } catch (error) {
      view.problem([/** @type {Error} */ (error).message], false);
    }
  });
}

/** The rows found as a cell of the release's own notebook: a link, shown when it is complete. @param {ResultsView} view */
function offerPython(view) {
  const link = document.getElementById("open-python");
  if (!(link instanceof HTMLAnchorElement)) return;
  const address = link.href;
  view.events.addEventListener("shown", async () => {
    const item = /** @type {HTMLElement} */ (link.parentElement);
    item.hidden = true;
    const { shown } = view;
    if (!shown?.recipe) return;
    const written = await recipes().catch(() => null);
    const cell = written?.cellOf(shown.recipe);
    if (!cell || view.shown !== shown) return;
    link.href = `${address}?cells=${encodeURIComponent(JSON.stringify([["c", cell]]).toWellFormed())}`;
    item.hidden = false;
  });
}

/** @param {HTMLElement} button @param {string} text */
async function copy(button, text) {
  const done = await copyText(text);
  button.focus();
  const said = done ? t("Copied") : t("The browser did not allow copying.");
  announce(said);
  const label = button.querySelector("span");
  if (!label || label.dataset.usual) return;
  label.dataset.usual = label.textContent ?? "";
  label.textContent = said;
  setTimeout(() => {
    label.textContent = label.dataset.usual ?? "";
    delete label.dataset.usual;
  }, BREATH);
}
