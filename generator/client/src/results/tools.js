/** On a narrow page the tools of the table are in a panel behind a button. */
export function makeTools() {
  const button = document.getElementById("tools-open");
  const panel = document.getElementById("tools");
  if (!button || !panel) return;
  const show = (/** @type {boolean} */ open) => {
    panel.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  const leave = (/** @type {EventTarget | null} */ to) => {
    if (to instanceof Node && !panel.contains(to) && !button.contains(to)) show(false);
  };
  button.addEventListener("click", () => show(!panel.classList.contains("open")));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !button.offsetParent) return;
    button.focus();
    show(false);
  });
  panel.addEventListener("focusout", ({ relatedTarget }) => leave(relatedTarget));
  document.addEventListener("pointerdown", ({ target }) => leave(target));
}
