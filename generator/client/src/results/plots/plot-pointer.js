/** Hands on a plot: box and lasso mark rows, dragging moves, the wheel (once the plot has the focus) and keys zoom. */

/**
 * @typedef {[number, number]} Place pixels of the stage
 * @typedef {object} Deeds
 * @property {() => "box" | "lasso" | "move"} tool
 * @property {() => import("./paint-plot.js").Box} box of the plot inside the stage
 * @property {() => boolean} flat a drag marks from left to right only
 * @property {(line: Place[], further: boolean) => void} mark a closed line
 * @property {(at: Place, further: boolean) => void} click
 * @property {(at: Place | null) => void} hover
 * @property {(dx: number, dy: number) => void} move pixels
 * @property {(factor: number, at: Place | null) => void} zoom below 1: closer
 * @property {() => void} reset
 * @property {() => void} clear
 */

/** @param {HTMLElement} stage @param {HTMLElement} rubber shows the box @param {SVGPolylineElement} lasso @param {Deeds} deeds */
export function followPointer(stage, rubber, lasso, deeds) {
  /** @type {Place[]} */
  let line = [];
  let tool = "";
  /** @param {PointerEvent | WheelEvent} event @returns {Place} */
  const at = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const hide = () => {
    rubber.hidden = true;
    lasso.setAttribute("points", "");
    line = [];
  };
  /** @returns {Place[]} corners of the box being drawn */
  const corners = () => {
    const box = deeds.box();
    const [[x0, y0], [x1, y1]] = [line[0], line[line.length - 1]];
    const [top, bottom] = deeds.flat() ? [box.y, box.y + box.height] : [y0, y1];
    return [
      [x0, top],
      [x1, top],
      [x1, bottom],
      [x0, bottom],
    ];
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const place = at(event);
    const box = deeds.box();
    if (place[0] < box.x || place[0] > box.x + box.width || place[1] < box.y || place[1] > box.y + box.height)
      return;
    tool = deeds.tool() === "lasso" && deeds.flat() ? "box" : deeds.tool();
    line = [place];
    stage.setPointerCapture(event.pointerId);
    deeds.hover(null);
  });
  stage.addEventListener("pointermove", (event) => {
    const place = at(event);
    if (!line.length) return deeds.hover(place);
    const last = line[line.length - 1];
    if (tool === "move") deeds.move(place[0] - last[0], place[1] - last[1]);
    if (Math.hypot(place[0] - last[0], place[1] - last[1]) > 2 || line.length < 2) line.push(place);
    else line[line.length - 1] = place;
    if (tool === "box") {
      const [[x0, y0], , [x1, y1]] = corners();
      rubber.hidden = false;
      Object.assign(rubber.style, {
        left: `${Math.min(x0, x1)}px`,
        top: `${Math.min(y0, y1)}px`,
        width: `${Math.abs(x1 - x0)}px`,
        height: `${Math.abs(y1 - y0)}px`,
      });
    } else if (tool === "lasso") lasso.setAttribute("points", line.map((p) => p.join(",")).join(" "));
  });
  stage.addEventListener("pointerup", (event) => {
    if (!line.length) return;
    const far = line.some(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1]) > 4);
    if (!far) deeds.click(line[0], event.shiftKey);
    else if (tool === "box") deeds.mark(corners(), event.shiftKey);
    else if (tool === "lasso") deeds.mark(line, event.shiftKey);
    hide();
  });
  stage.addEventListener("pointercancel", hide);
  stage.addEventListener("pointerleave", () => deeds.hover(null));
  stage.addEventListener(
    "wheel",
    (event) => {
      // else the page could not be scrolled past the plot
      if (!event.ctrlKey && document.activeElement !== stage) return;
      event.preventDefault();
      deeds.zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY / 300))), at(event));
    },
    { passive: false },
  );
  stage.addEventListener("dblclick", (event) => {
    event.preventDefault();
    deeds.zoom(0.5, at(/** @type {any} */ (event)));
  });
  const step = 40;
  const keys = /** @type {Record<string, () => void>} */ ({
    ArrowLeft: () => deeds.move(step, 0),
    ArrowRight: () => deeds.move(-step, 0),
    ArrowUp: () => deeds.move(0, step),
    ArrowDown: () => deeds.move(0, -step),
    "+": () => deeds.zoom(0.7, null),
    "=": () => deeds.zoom(0.7, null),
    "-": () => deeds.zoom(1 / 0.7, null),
    0: () => deeds.reset(),
    Escape: () => (line.length ? hide() : deeds.clear()),
  });
  stage.addEventListener("keydown", (event) => {
    const deed = keys[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deed();
  });
}
