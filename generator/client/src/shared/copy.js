/**
 * Copy text to the clipboard. Pages served without encryption have no clipboard API, so an older method is used as well.
 * @param {string} text
 * @returns {Promise<boolean>} whether it worked
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/**
 * Make a button copy the text of the element that its data-copy selects; data-done is its text afterwards.
 * @param {HTMLButtonElement} button
 */
export function copyButton(button) {
  const target = document.querySelector(button.dataset.copy ?? "");
  const label = button.querySelector("span");
  if (!target || !label) return;
  const usual = label.textContent;
  button.addEventListener("click", async () => {
    if (!(await copyText((target.textContent ?? "").trim()))) return;
    label.textContent = button.dataset.done ?? usual;
    announce(label.textContent ?? "");
    setTimeout(() => (label.textContent = usual), 2000);
  });
  button.hidden = false;
}

/** @param {string} text read by screen readers */
export function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}
