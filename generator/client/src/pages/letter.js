/** contact.html and request.html: turn the form into a mail draft, a text, a file, a sheet to print. */
import { asText, contact, mailto, media, request, size } from "../letter/compose.js";
import { copyText } from "../shared/copy.js";
import { save } from "../shared/save-file.js";
import { setStrings, t } from "../shared/strings.js";

const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
setStrings(page.strings ?? {});

const form = /** @type {HTMLFormElement} */ (document.getElementById("letter"));
const sheet = /** @type {HTMLElement} */ (form.querySelector(".letter-sheet"));
const note = /** @type {HTMLElement} */ (form.querySelector(".letter-note"));
const mail = /** @type {HTMLAnchorElement} */ (form.querySelector("[data-mail]"));
const volume = document.getElementById("volume");

/** @param {string} name @returns {HTMLInputElement[]} */
const ticked = (name) =>
  [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((e) => /** @type {any} */ (e));

function compose() {
  /** @type {Record<string, string>} */
  const values = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") values[name] = value;
  if (form.dataset.letter === "contact") return contact(values);
  const parts = ticked("part").map(({ value, dataset }) => ({
    name: value,
    title: dataset.title ?? value,
    bytes: Number(dataset.bytes),
  }));
  values.mediumTitle = ticked("medium")[0]?.dataset.title ?? "";
  const bytes = parts.reduce((sum, part) => sum + part.bytes, Number(volume?.dataset.bytes ?? 0));
  if (volume) volume.textContent = `${size(bytes)}: ${media(values.medium, bytes)}`;
  return request(
    values,
    parts,
    ticked("also").map((box) => box.value),
    bytes,
  );
}

/** Show what will be written, and keep the draft's address up to date. */
function show() {
  const letter = compose();
  const rows = letter.lines.map(([label, value]) => {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.textContent = label;
    dd.textContent = value;
    return [dt, dd];
  });
  sheet.replaceChildren(...rows.flat());
  mail.href = mailto(mail.dataset.mail ?? "", letter);
}

/**
 * The problem with a field, in words; "" where there is none.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 */
function wrong(field) {
  if (field.required && !field.value.trim()) return t("Fill this in.");
  if (field.type === "email" && field.value.trim() && !field.checkValidity()) {
    return t("Write an address such as name@example.org.");
  }
  return "";
}

/** @param {HTMLInputElement | HTMLTextAreaElement} field */
function judge(field) {
  const message = wrong(field);
  const place = document.getElementById(`${field.id}-error`);
  if (place) place.textContent = message;
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  return !message;
}

/** Whether the form is complete; if not, the focus moves to the first field that is wrong. */
function complete() {
  const fields = [...form.querySelectorAll("input[id], textarea")].map(
    (f) => /** @type {HTMLInputElement} */ (f),
  );
  const bad = fields.filter((field) => !judge(field));
  note.textContent = bad.length ? t("Fields to correct: {n}", { n: bad.length }) : "";
  bad[0]?.focus();
  return !bad.length;
}

/** @param {string} ending */
const fileName = (ending) => `request-${String(page.release?.id ?? "").replace(/[^\w.-]+/g, "-")}.${ending}`;

/** @type {Record<string, (letter: import("../letter/compose.js").Letter) => Promise<void> | void>} */
const actions = {
  copy: async (letter) => {
    note.textContent = (await copyText(asText(letter)))
      ? t("Copied")
      : t("Copying is not allowed here: open “What will be written” and copy from there.");
  },
  print: () => print(),
  text: (letter) => save({ blob: new Blob([asText(letter)], { type: "text/plain" }), name: fileName("txt") }),
  json: (letter) => {
    const text = `${JSON.stringify(letter.data, null, 2)}\n`;
    save({ blob: new Blob([text], { type: "application/json" }), name: fileName("json") });
  },
};

form.addEventListener("input", (event) => {
  const field = event.target;
  if (field instanceof Element && field.getAttribute("aria-invalid")) judge(/** @type {any} */ (field));
  show();
});
for (const button of form.querySelectorAll("button[data-action]")) {
  button.addEventListener("click", () => {
    if (complete()) void actions[button.getAttribute("data-action") ?? ""]?.(compose());
  });
}
mail.addEventListener("click", (event) => {
  if (!complete()) event.preventDefault();
});
form.addEventListener("submit", (event) => {
  // Without an address of the team, Enter in a field must not submit the page to itself.
  if (form.method !== "post" || !complete()) event.preventDefault();
});

const about = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("about"));
const from = new URLSearchParams(location.search).get("from");
if (about && from) about.value = page.address ? `${page.address}/${from}` : from;
form.hidden = false;
show();
