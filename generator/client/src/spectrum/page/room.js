/** The room of the page's tools: a panel as high as the window, that shows when it scrolls; on a phone, one menu. */
import { markEdges } from "../../shared/edges.js";
import { find } from "../viewer/controls.js";

const PHONE = "(max-width: 40rem)";

/** Arrange the tools, and again when the window changes. */
export function arrangeTools() {
  const controls = find("spectrum-controls");
  const toggle = find("tools-toggle");
  const tools = find("spectrum-tools");
  const main = /** @type {HTMLElement} */ (tools.parentElement);
  const phone = matchMedia(PHONE);
  const arrange = () => (phone.matches ? toggle.after(tools) : main.prepend(tools));
  phone.addEventListener("change", arrange);
  arrange();
  toggle.addEventListener("click", () =>
    toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") === "false")),
  );
  const fit = () => {
    const top = Math.max(0, controls.getBoundingClientRect().top);
    controls.style.setProperty("--above", `${Math.round(Math.min(top, innerHeight / 2))}px`);
    markEdges(controls);
  };
  addEventListener("scroll", fit, { passive: true });
  addEventListener("resize", fit);
  for (const panel of [controls, find("parts")]) {
    panel.addEventListener("scroll", () => markEdges(panel), { passive: true });
    const sizes = new ResizeObserver(() => (panel === controls ? fit() : markEdges(panel)));
    for (const one of [panel, ...panel.children]) sizes.observe(one);
  }
}
