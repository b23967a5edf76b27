/** The dialog that adds a column by an expression, and takes such columns away. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("../../search/computed.js").Computed} Computed
 * @typedef {object} Adding
 * @property {{name: string, unit?: string | null, description?: string | null}[]} columns that an expression may name
 * @property {Computed[]} computed columns that are there
 * @property {(computed: Computed) => Promise<string>} add what is wrong with it, or ""
 * @property {(name: string) => Promise<void>} remove
 */

/** Ways to begin, written into the expression with their brackets. */
const FUNCTIONS = ["sqrt()", "log10()", "abs()", "round(, 2)", "separation(ra, dec, , )", "coalesce(, )"];

/** @param {HTMLDialogElement} dialog */
export function makeAdder(dialog) {
  const get = (/** @type {string} */ part) =>
    /** @type {HTMLInputElement} */ (dialog.querySelector(`[data-adder="${part}"]`));
  const [name, expression, unit] = [get("name"), get("expression"), get("unit")];
  const [error, names, functions, find, made, add] = [
    get("error"),
    get("columns"),
    get("functions"),
    get("find"),
    get("made"),
    get("add"),
  ];
  /** @type {Adding | null} */
  let adding = null;

  /** @param {string} message */
  const say = (message) => {
    error.textContent = message;
    error.hidden = !message;
    if (message) expression.setAttribute("aria-invalid", "true");
    else expression.removeAttribute("aria-invalid");
  };
  /** @param {string} text */
  const insert = (text) => {
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
  };
  /** @param {string} text @param {string} [title] */
  const inserter = (text, title = "") => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "schema-name mono";
    button.textContent = text;
    button.title = title;
    button.addEventListener("click", () => insert(text.startsWith("separation(") ? text : insertable(text)));
    item.append(button);
    return item;
  };
  functions.replaceChildren(...FUNCTIONS.map((text) => inserter(text)));
  const listMade = () => {
    made.hidden = !adding?.computed.length;
    const list = /** @type {HTMLElement} */ (made.querySelector("ul"));
    list.replaceChildren(
      ...(adding?.computed ?? []).map((one) => {
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
          await adding?.remove(one.name);
          listMade();
          name.focus();
        });
        item.append(text, button);
        return item;
      }),
    );
  };
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const item of /** @type {HTMLElement[]} */ ([...names.children]))
      item.hidden = !item.textContent?.toLowerCase().includes(wanted);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  expression.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    add.click();
  });
  expression.addEventListener("input", () => say(""));
  dialog.querySelector("form")?.addEventListener("submit", async (event) => {
    const said = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
    if (said === "cancel" || !adding) return;
    event.preventDefault();
    if (add.ariaBusy === "true") return;
    add.ariaBusy = "true";
    try {
      const wrong = await adding.add({
        name: name.value,
        expression: expression.value.trim(),
        unit: unit.value.trim(),
      });
      say(wrong);
      if (wrong) expression.focus();
      else dialog.close();
    } catch (problem) {
      say(/** @type {Error} */ (problem).message);
    } finally {
      add.ariaBusy = null;
    }
  });

  /** @param {Adding} with_ */
  return (with_) => {
    adding = with_;
    for (const input of [name, expression, unit, find]) input.value = "";
    say("");
    names.replaceChildren(
      ...with_.columns.map((column) =>
        inserter(column.name, [column.description, column.unit].filter(Boolean).join(" · ")),
      ),
    );
    listMade();
    dialog.showModal();
    name.focus();
  };
}

/** Names that need no quotes are easier to read without. @param {string} name */
function insertable(name) {
  const plain =
    /^[a-z_][a-z0-9_]*$/i.test(name) &&
    !/^(order|group|limit|desc|asc|end|table|select|where|all|any|case|column|default|offset|from|with|values)$/i.test(
      name,
    );
  return plain || /\(/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
