/** Query files that the reader drops anywhere on the page, or chooses. */
import { openVault } from "../../reading/sources/sealed-files.js";
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { recipes } from "./recipes.js";

/**
 * @typedef {import("./query-file.js").QueryFile} QueryFile
 * @typedef {import("../view.js").ResultsView} ResultsView
 */

/** Lists in links are short; only the search page accepts longer ones. */
const NO_LINK = /^list of \d+$/;

/**
 * @param {ResultsView} view @param {import("../../shared/page.js").Page} page @param {"search" | "sql"} kind of this page
 * @param {(file: QueryFile) => Promise<void>} run shows a file of this kind; throws Refused
 */
export function acceptQueryFiles(view, page, kind, run) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("query-other"));
  const input = /** @type {HTMLInputElement} */ (document.getElementById("query-choose"));
  /** @type {QueryFile | null} */
  let waiting = null;

  const follow = async (/** @type {QueryFile} */ file) => {
    if (file.kind === kind) return run(file);
    const asked = new URLSearchParams(file.query);
    if (NO_LINK.test(asked.get("targets") ?? ""))
      throw new Refused(t("This is a search by a list: drop the file on the search page."));
    const url = new URL(`${file.kind}.html?${file.query}`, location.href);
    openVault()?.carry(url);
    location.assign(url);
  };
  const attempt = async (/** @type {() => Promise<unknown>} */ work) => {
    try {
      view.problem([]);
      await work();
    } catch (error) {
      view.say(/** @type {Error} */ (error).message, true);
      view.problem([/** @type {Error} */ (error).message]);
    }
  };
  const take = (/** @type {Blob} */ blob) =>
    attempt(async () => {
      const { readQueryFile } = await recipes();
      const file = await readQueryFile(blob);
      if (file.release === page.release.id) return follow(file);
      waiting = file;
      const note = dialog.querySelector("p");
      if (note)
        note.textContent = t("This query was made for the release {other}; this is {here}.", {
          other: file.release,
          here: page.release.id,
        });
      dialog.showModal();
    });

  dialog.addEventListener("close", () => {
    const file = waiting;
    waiting = null;
    if (file && dialog.returnValue === "run") attempt(() => follow(file));
  });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (file) take(file);
  });
  for (const button of document.querySelectorAll('[data-action="open-query"]'))
    button.addEventListener("click", () => input.click());

  acceptDrops(take);
}

/** @param {(file: File) => void} take receives the file dropped on the page */
function acceptDrops(take) {
  const files = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (files(event) && !event.defaultPrevented) event.preventDefault();
  });
  // Before the field of target lists sees it: a file called .json is not a list.
  addEventListener(
    "drop",
    (event) => {
      const [file] = event.dataTransfer?.files ?? [];
      if (!file || !/\.json$/i.test(file.name)) return;
      event.preventDefault();
      event.stopPropagation();
      for (const place of document.querySelectorAll(".dropping")) place.classList.remove("dropping");
      take(file);
    },
    { capture: true },
  );
  addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    take(file);
  });
}
