/** Which columns a table shows, and in which order: a dialog with a list to tick and to rearrange. */
import { t } from "../../shared/strings.js";

/**
 * @param {HTMLDialogElement} dialog with a form, a search field and a list
 * @param {(names: string[]) => void} onChosen
 */
export function makeChooser(dialog, onChosen) {
  const list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));
  const find = /** @type {HTMLInputElement} */ (dialog.querySelector('input[type="search"]'));
  const lines = () => /** @type {HTMLElement[]} */ ([...list.children]);
  const box = (/** @type {HTMLElement} */ line) =>
    /** @type {HTMLInputElement} */ (line.querySelector("input"));
  /** The ends of the list cannot be passed. */
  const ends = () => {
    const all = lines();
    all.forEach((line, i) => {
      const [up, down] = line.querySelectorAll("button");
      up.disabled = i === 0;
      down.disabled = i === all.length - 1;
    });
  };
  list.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const line = button?.closest("li");
    if (!button || !line) return;
    const up = button.dataset.move === "up";
    const other = up ? line.previousElementSibling : line.nextElementSibling;
    if (up) other?.before(line);
    else other?.after(line);
    ends();
    if (button.disabled)
      /** @type {HTMLButtonElement} */ (
        button === line.querySelector("button") ? button.nextElementSibling : button.previousElementSibling
      )?.focus();
    else button.focus();
    line.scrollIntoView({ block: "nearest", behavior: "instant" });
  });
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const line of lines()) line.hidden = !line.textContent?.toLowerCase().includes(wanted);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    const said = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
    if (said !== "apply") return;
    const names = lines()
      .filter((line) => box(line).checked)
      .map((line) => box(line).value);
    if (names.length) onChosen(names);
  });

  /** @param {string[]} all names @param {string[]} shown of them, in order */
  return (all, shown) => {
    find.value = "";
    list.replaceChildren(
      ...[...shown, ...all.filter((name) => !shown.includes(name))].map((name) =>
        line(name, shown.includes(name)),
      ),
    );
    ends();
    dialog.showModal();
  };
}

/** @param {string} name @param {boolean} checked */
function line(name, checked) {
  const item = document.createElement("li");
  const label = document.createElement("label");
  label.className = "choice";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = name;
  box.checked = checked;
  const text = document.createElement("span");
  text.className = "mono";
  text.textContent = name;
  label.append(box, text);
  item.append(
    label,
    mover("up", "↑", t("{name} up", { name })),
    mover("down", "↓", t("{name} down", { name })),
  );
  return item;
}

/** @param {"up" | "down"} way @param {string} sign @param {string} label */
function mover(way, sign, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small quiet";
  button.dataset.move = way;
  button.textContent = sign;
  button.setAttribute("aria-label", label);
  return button;
}
