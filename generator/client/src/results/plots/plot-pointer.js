/**
 * Pointer and keys on a plot: box and lasso mark rows while they are drawn, dragging moves, the wheel (once the plot has the focus) and
 * keys zoom, arrows go from row to row.
 */
import { DIRECTIONS } from "./walk.js";

/**
 * @typedef {[number, number]} Place pixels of the stage
 * @typedef {object} Deeds
 * @property {() => "box" | "lasso" | "move"} tool
 * @property {() => import("./paint-plot.js").Box} box of the plot inside the stage
 * @property {() => boolean} flat a drag marks from left to right only
 * @property {(line: Place[] | null, further: boolean, last: boolean) => void} mark a closed line, again and again until the last; null
 *   if it was given up
 * @property {(at: Place, further: boolean, touch: boolean) => void} click
 * @property {(at: Place | null) => void} hover
 * @property {(direction: Place) => void} walk to the next row in this direction
 * @property {(key: "Enter" | " ") => boolean} act on the row walked to; false if there is none
 * @property {() => boolean} leave the row walked to; false if there is none
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
  stage.addEventListener("pointercancel", () => drag.cancel());
  // a finger leaves when it is lifted: what it touched stays until the next touch
  stage.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && deeds.hover(null));
  stage.addEventListener("blur", () => deeds.leave());
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
    "+": () => deeds.zoom(0.7, null),
    "=": () => deeds.zoom(0.7, null),
    "-": () => deeds.zoom(1 / 0.7, null),
    0: () => deeds.reset(),
    Escape: () => (drag.on ? drag.cancel() : deeds.leave() || deeds.clear()),
  });
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = Object.hasOwn(DIRECTIONS, event.key) ? DIRECTIONS[event.key] : null;
    if (direction && event.shiftKey) deeds.move(-step * direction[0], -step * direction[1]);
    else if (direction) deeds.walk(direction);
    else if (event.key === "Enter" || event.key === " ") {
      if (!deeds.act(event.key)) return;
    } else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
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

  /** Give up what is being drawn. */
  cancel() {
    if (this.on && this.#tool !== "move") this.deeds.mark(null, false, true);
    this.hide();
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
    if (this.#tool !== "move" && this.#far()) this.deeds.mark(this.#closed(), event.shiftKey, false);
  }

  /** It is more than a click. */
  #far() {
    const line = this.#line;
    return line.some(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1]) > 4);
  }

  #closed() {
    return this.#tool === "box" ? this.#corners() : [...this.#line];
  }

  /** @param {PointerEvent} event */
  end(event) {
    const line = this.#line;
    if (!line.length) return;
    if (!this.#far()) this.deeds.click(line[0], event.shiftKey, event.pointerType === "touch");
    else if (this.#tool !== "move") this.deeds.mark(this.#closed(), event.shiftKey, true);
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
