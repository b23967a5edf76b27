/** The dialog that adds a column by an expression, and removes such columns. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../search/computed.js").Computed} Computed
 * @typedef {object} Adding
 * @property {{name: string, unit?: string | null, description?: string | null}[]} columns that an expression may name
 * @property {Computed[]} computed columns that are there
 * @property {(computed: Computed) => Promise<string>} add returns an error message, or ""
 * @property {(name: string) => Promise<void>} remove
 */

/** Templates to begin with, inserted into the expression with their brackets. */
const FUNCTIONS = ["sqrt()", "log10()", "abs()", "round(, 2)", "separation(ra, dec, , )", "coalesce(, )"];

/** @param {HTMLDialogElement} dialog */
export function makeAdder(dialog) {
  const adder = new Adder(dialog);
  return (/** @type {Adding} */ adding) => adder.open(adding);
}

class Adder {
  /** @type {Adding | null} */
  #adding = null;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    const get = (/** @type {string} */ part) =>
      /** @type {HTMLInputElement} */ (dialog.querySelector(`[data-adder="${part}"]`));
    this.dialog = dialog;
    this.name = get("name");
    this.expression = get("expression");
    this.unit = get("unit");
    this.error = get("error");
    this.names = get("columns");
    this.find = get("find");
    this.made = get("made");
    this.add = get("add");
    get("functions").replaceChildren(...FUNCTIONS.map((text) => this.#inserter(text)));
    this.find.addEventListener("input", () => this.#narrow());
    this.find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    this.expression.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      this.add.click();
    });
    this.expression.addEventListener("input", () => this.#say(""));
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
    const form = dialog.querySelector("form");
    form?.addEventListener("submit", (event) => this.#submit(/** @type {SubmitEvent} */ (event)));
  }

  /** @param {Adding} adding */
  open(adding) {
    this.#adding = adding;
    for (const input of [this.name, this.expression, this.unit, this.find]) input.value = "";
    this.#say("");
    this.names.replaceChildren(
      ...adding.columns.map((column) =>
        this.#inserter(column.name, [column.description, column.unit].filter(Boolean).join(" · ")),
      ),
    );
    this.#listMade();
    this.dialog.showModal();
    this.name.focus();
  }

  /** @param {string} message */
  #say(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
    if (message) this.expression.setAttribute("aria-invalid", "true");
    else this.expression.removeAttribute("aria-invalid");
  }

  /** Show only the columns that match the search field. */
  #narrow() {
    const wanted = this.find.value.trim().toLowerCase();
    for (const item of /** @type {HTMLElement[]} */ ([...this.names.children]))
      item.hidden = !item.textContent?.toLowerCase().includes(wanted);
  }

  /** @param {string} text */
  #insert(text) {
    const { expression } = this;
    const at = expression.selectionStart ?? expression.value.length;
    const before = expression.value.slice(0, at);
    const space = before && !/[\s(,]$/.test(before) ? " " : "";
    expression.setRangeText(space + text, at, expression.selectionEnd ?? at, "end");
    const inside = text.indexOf("(");
    if (inside >= 0 && text.endsWith(")")) {
      const caret =
        at + space.length + (text.includes("()") || text.includes("(,") ? inside + 1 : text.length - 3);
      expression.setSelectionRange(caret, caret);
    }
    expression.focus();
  }

  /** @param {string} text @param {string} [title] */
  #inserter(text, title = "") {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "schema-name mono";
    button.textContent = text;
    button.title = title;
    button.addEventListener("click", () =>
      this.#insert(text.startsWith("separation(") ? text : insertable(text)),
    );
    item.append(button);
    return item;
  }

  /** List the columns added so far, each with a button that removes it. */
  #listMade() {
    const computed = this.#adding?.computed ?? [];
    this.made.hidden = !computed.length;
    const list = /** @type {HTMLElement} */ (this.made.querySelector("ul"));
    list.replaceChildren(
      ...computed.map((one) => {
        const item = document.createElement("li");
        const text = document.createElement("span");
        text.className = "mono";
        text.textContent = `${one.name} = ${one.expression}`;
        text.title = text.textContent;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button small";
        button.textContent = t("Remove");
        button.setAttribute("aria-label", t("Remove {name}", { name: one.name }));
        button.addEventListener("click", async () => {
          await this.#adding?.remove(one.name);
          this.#listMade();
          this.name.focus();
        });
        item.append(text, button);
        return item;
      }),
    );
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    const { add, name, expression, unit } = this;
    if (event.submitter?.getAttribute("value") === "cancel" || !this.#adding) return;
    event.preventDefault();
    if (add.ariaBusy === "true") return;
    add.ariaBusy = "true";
    try {
      const wrong = await this.#adding.add({
        name: name.value,
        expression: expression.value.trim(),
        unit: unit.value.trim(),
      });
      this.#say(wrong);
      if (wrong) expression.focus();
      else this.dialog.close();
    } catch (problem) {
      this.#say(/** @type {Error} */ (problem).message);
    } finally {
      add.ariaBusy = null;
    }
  }
}

/** Quote a name only where it needs quotes, for readability. @param {string} name */
function insertable(name) {
  const plain =
    /^[a-z_][a-z0-9_]*$/i.test(name) &&
    !/^(order|group|limit|desc|asc|end|table|select|where|all|any|case|column|default|offset|from|with|values)$/i.test(
      name,
    );
  return plain || /\(/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
