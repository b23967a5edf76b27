/** verify.html: checks whether this copy, or one in a folder, is what was published. */
import { size } from "../letter/compose.js";
import { save } from "../shared/save-file.js";
import { setStrings, t } from "../shared/strings.js";
import { check } from "../verify/check-files.js";
import { fromFolder, fromSite } from "../verify/file-sources.js";

const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
setStrings(page.strings ?? {});

/** Faults shown; the rest are in the list that can be saved. */
const SHOWN = 200;
const KINDS = () => ({
  missing: t("missing"),
  changed: t("changed"),
  extra: t("extra"),
  unreadable: t("unreadable"),
  unsigned: t("signature"),
});

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);
const [form, run, bar, note, result] = [
  "verify",
  "verify-run",
  "verify-bar",
  "verify-note",
  "verify-result",
].map(element);
const folder = element("verify-folder");
const controls = [element("verify-site-start"), folder];
/** @type {AbortController | null} */
let running = null;

/** @param {(signal: AbortSignal) => import("../verify/file-sources.js").Source} open */
async function start(open) {
  running?.abort();
  const mine = (running = new AbortController());
  result.hidden = true;
  run.hidden = false;
  for (const control of controls) if (control) control.disabled = true;
  bar.removeAttribute("value");
  note.textContent = t("Reading the manifest…");
  element("verify-stop").focus();
  let spoken = 0;
  try {
    const verdict = await check(open(mine.signal), form.dataset.key ?? "", mine.signal, (done, total) => {
      bar.max = total || 1;
      bar.value = done;
      if (Date.now() - spoken < 500) return;
      spoken = Date.now();
      note.textContent = t("{done} of {total} checked", { done: size(done), total: size(total) });
    });
    show(verdict);
  } catch (error) {
    const stopped = mine.signal.aborted;
    const why = error instanceof Error ? error.message : String(error);
    say(stopped ? "warn" : "bad", stopped ? t("Stopped: not everything was checked.") : why, []);
  } finally {
    run.hidden = true;
    for (const control of controls) if (control) control.disabled = false;
  }
}

/** @param {import("../verify/check-files.js").Verdict} verdict */
function show(verdict) {
  const values = {
    n: verdict.files,
    size: size(verdict.bytes),
    label: verdict.label,
  };
  const { faults } = verdict;
  const head = faults.length
    ? t("This is not what was published: {n} faults", { n: faults.length })
    : t("All is as published: {n} files, {size}.", values);
  const notes = [t("Checked against the manifest of {label}.", values), signature(verdict)];
  if (verdict.leftOut)
    notes.push(t("{n} files were left out of this mirror on purpose.", { n: verdict.leftOut }));
  if (!verdict.extrasKnown) notes.push(t("Extra files cannot be detected over the network."));
  say(faults.length ? "bad" : "good", head, notes, faults);
}

/** @param {import("../verify/check-files.js").Verdict} verdict */
function signature({ signed: { state, id }, ownKey }) {
  switch (state) {
    case "good":
      return ownKey
        ? t(
            "Signed by the key {id}, which came with this copy: compare it with the one that the survey publishes.",
            {
              id,
            },
          )
        : t("Signed by the key {id}, the one that this page names.", { id });
    case "bad":
      return t("The signature is not valid: the manifest was changed after it was signed.");
    case "other":
      return t("It is signed by another key: {id}", { id });
    case "unsigned":
      return t("There is no signature by a known key: anybody may have written the manifest.");
    case "keyless":
      return t("It is signed by the key {id}, which is unknown here.", { id });
    default:
      return t("This browser cannot check signatures here; minisign can, as described below.");
  }
}

/**
 * @param {"good" | "bad" | "warn"} kind
 * @param {string} head
 * @param {string[]} notes
 * @param {import("../verify/check-files.js").Fault[]} [faults]
 */
function say(kind, head, notes, faults = []) {
  const kinds = KINDS();
  const [notice, list] = [element("verify-verdict"), element("verify-faults")];
  notice.className = `notice ${kind}`;
  const strong = document.createElement("strong");
  strong.textContent = head;
  const paragraphs = notes.map((note) => Object.assign(document.createElement("p"), { textContent: note }));
  const first = document.createElement("p");
  first.append(strong);
  notice.replaceChildren(first, ...paragraphs);
  const rows = faults.slice(0, SHOWN).map((fault) => {
    const row = document.createElement("tr");
    const cells = [kinds[fault.kind], fault.path, fault.why].map((words) =>
      Object.assign(document.createElement("td"), { textContent: words }),
    );
    row.append(...cells);
    row.dataset.kind = fault.kind;
    return row;
  });
  list.querySelector("tbody").replaceChildren(...rows);
  list.hidden = !rows.length;
  const more = element("verify-more");
  more.hidden = !rows.length;
  more.onclick = () => {
    const lines = faults.map((f) => `${f.kind}: ${f.path}${f.why ? ` (${f.why})` : ""}\n`);
    save({ blob: new Blob(lines, { type: "text/plain" }), name: "faults.txt" });
  };
  element("verify-rest").textContent =
    faults.length > SHOWN ? t("The first {n} are shown.", { n: SHOWN }) : "";
  note.textContent = "";
  result.hidden = false;
  notice.focus();
}

const site = element("verify-site");
if (location.protocol === "file:") site.hidden = true;
else
  element("verify-site-start").addEventListener("click", () =>
    start((signal) => fromSite(new URL(page.base || "./", location.href).href, signal)),
  );
folder.addEventListener("change", () => {
  if (folder.files?.length) start((signal) => fromFolder(folder.files, signal));
});
element("verify-stop").addEventListener("click", () => running?.abort());
form.hidden = false;
