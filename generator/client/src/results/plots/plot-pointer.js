/** Pointer and keys on a plot: box and lasso mark rows, dragging moves, the wheel (once the plot has the focus) and keys zoom. */

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
  const drag = new Drag(stage, rubber, lasso, deeds);
  stage.addEventListener("pointerdown", (event) => drag.begin(event));
  stage.addEventListener("pointermove", (event) => drag.go(event));
  stage.addEventListener("pointerup", (event) => drag.end(event));
  stage.addEventListener("pointercancel", () => drag.hide());
  stage.addEventListener("pointerleave", () => deeds.hover(null));
  stage.addEventListener(
    "wheel",
    (event) => {
      // otherwise the page could not be scrolled past the plot
      if (!event.ctrlKey && document.activeElement !== stage) return;
      event.preventDefault();
      deeds.zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY / 300))), drag.at(event));
    },
    { passive: false },
  );
  stage.addEventListener("dblclick", (event) => {
    event.preventDefault();
    deeds.zoom(0.5, drag.at(event));
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
    Escape: () => (drag.on ? drag.hide() : deeds.clear()),
  });
  stage.addEventListener("keydown", (event) => {
    const deed = keys[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deed();
  });
}

/** The shape drawn over the plot while a button is pressed. */
class Drag {
  /** @type {Place[]} */
  #line = [];
  #tool = "";

  /** @param {HTMLElement} stage @param {HTMLElement} rubber @param {SVGPolylineElement} lasso @param {Deeds} deeds */
  constructor(stage, rubber, lasso, deeds) {
    this.stage = stage;
    this.rubber = rubber;
    this.lasso = lasso;
    this.deeds = deeds;
  }

  get on() {
    return this.#line.length > 0;
  }

  /** @param {MouseEvent} event @returns {Place} */
  at(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  hide() {
    this.rubber.hidden = true;
    this.lasso.setAttribute("points", "");
    this.#line = [];
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0) return;
    const { deeds } = this;
    const [x, y] = this.at(event);
    const box = deeds.box();
    if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return;
    this.#tool = deeds.tool() === "lasso" && deeds.flat() ? "box" : deeds.tool();
    this.#line = [[x, y]];
    this.stage.setPointerCapture(event.pointerId);
    deeds.hover(null);
  }

  /** @param {PointerEvent} event */
  go(event) {
    const place = this.at(event);
    const line = this.#line;
    if (!line.length) return this.deeds.hover(place);
    const last = line[line.length - 1];
    if (this.#tool === "move") this.deeds.move(place[0] - last[0], place[1] - last[1]);
    if (Math.hypot(place[0] - last[0], place[1] - last[1]) > 2 || line.length < 2) line.push(place);
    else line[line.length - 1] = place;
    if (this.#tool === "box") this.#showBox();
    else if (this.#tool === "lasso")
      this.lasso.setAttribute("points", line.map((p) => p.join(",")).join(" "));
  }

  /** @param {PointerEvent} event */
  end(event) {
    const line = this.#line;
    if (!line.length) return;
    const far = line.some(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1]) > 4);
    if (!far) this.deeds.click(line[0], event.shiftKey);
    else if (this.#tool === "box") this.deeds.mark(this.#corners(), event.shiftKey);
    else if (this.#tool === "lasso") this.deeds.mark(line, event.shiftKey);
    this.hide();
  }

  /** @returns {Place[]} corners of the box being drawn */
  #corners() {
    const box = this.deeds.box();
    const [[x0, y0], [x1, y1]] = [this.#line[0], this.#line[this.#line.length - 1]];
    const [top, bottom] = this.deeds.flat() ? [box.y, box.y + box.height] : [y0, y1];
    return [
      [x0, top],
      [x1, top],
      [x1, bottom],
      [x0, bottom],
    ];
  }

  #showBox() {
    const [[x0, y0], , [x1, y1]] = this.#corners();
    this.rubber.hidden = false;
    Object.assign(this.rubber.style, {
      left: `${Math.min(x0, x1)}px`,
      top: `${Math.min(y0, y1)}px`,
      width: `${Math.abs(x1 - x0)}px`,
      height: `${Math.abs(y1 - y0)}px`,
    });
  }
}
