/** The dialog with the statements that ran here before: load one, or delete them all. */
import { t } from "../../shared/strings.js";

/**
 * @param {import("./history.js").History} history
 * @param {(sql: string) => void} onChosen
 */
export function showHistory(history, onChosen) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("history-dialog"));
  const list = /** @type {HTMLElement} */ (dialog.querySelector("ol"));
  const none = /** @type {HTMLElement} */ (dialog.querySelector(".none"));
  const clear = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-clear]"));
  const draw = () => {
    const runs = history.list();
    none.hidden = runs.length > 0;
    clear.disabled = !runs.length;
    list.replaceChildren(
      ...runs.map(({ sql, at, rows, seconds }) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "outcome";
        const code = document.createElement("code");
        code.textContent = sql;
        const said = document.createElement("span");
        said.className = "hint";
        const when = new Date(at).toLocaleString(document.documentElement.lang, {
          dateStyle: "medium",
          timeStyle: "short",
        });
        said.textContent = `${t("{n} rows in {s} s", { n: rows, s: Number(seconds).toFixed(2) })} · ${when}`;
        button.append(code, said);
        button.addEventListener("click", () => {
          dialog.close();
          onChosen(sql);
        });
        const line = document.createElement("li");
        line.append(button);
        return line;
      }),
    );
  };
  clear.onclick = () => {
    history.clear();
    draw();
    none.focus();
  };
  draw();
  dialog.showModal();
}
