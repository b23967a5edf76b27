/** Mouse, pen and fingers on a panel, and its keys: dragging zooms, moves or measures; two fingers pinch; the wheel zooms. */

/** A movement of fewer pixels is a click. */
const CLICK = 4;
/** A box flatter than this leaves the flux axis unchanged. */
const FLAT = 14;
const WHEEL = 1.0015;

/** @typedef {import("./panel.js").Panel} Panel @typedef {{x: number, y: number}} Point of the plot's inside */

export class Pointer {
  #panel;
  #plot;
  /** @type {Map<number, Point>} */
  #down = new Map();
  /** @type {{kind: "zoom" | "move" | "measure", from: Point, x: [number, number], y: [number, number]} | null} */
  #drag = null;
  /** Start of a range drawn by keys. @type {{kind: "zoom" | "measure", x: number} | null} */
  #started = null;

  /** @param {Panel} panel @param {import("uplot")} plot */
  constructor(panel, plot) {
    this.#panel = panel;
    this.#plot = plot;
    const { over } = plot;
    over.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    over.addEventListener("pointerdown", (event) => this.#press(event));
    over.addEventListener("pointermove", (event) => this.#move(event));
    over.addEventListener("pointerup", (event) => this.#release(event));
    over.addEventListener("pointercancel", (event) => this.#leave(event));
    over.addEventListener("pointerleave", () => this.#down.size || panel.hovered(null));
    over.addEventListener("dblclick", () => panel.reset());
    panel.stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.#key(event.key) || panel.host.onKey(panel, event)) event.preventDefault();
    });
  }

  /** @param {MouseEvent} event @returns {Point} */
  #at(event) {
    const { left, top } = this.#plot.over.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** @param {Point} point */
  #wavelength({ x }) {
    return this.#plot.posToVal(x, "x");
  }

  /** @param {Point} point */
  #flux({ y }) {
    return this.#plot.posToVal(y, "y");
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const at = this.#at(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.shiftKey)
      return this.#panel.pan((event.deltaX * lines) / this.#plot.over.clientWidth);
    // With Shift some systems report a horizontal turn of the wheel.
    const factor = WHEEL ** ((event.deltaY || event.deltaX) * lines);
    if (event.shiftKey) this.#panel.zoomFlux(factor, this.#flux(at));
    else this.#panel.zoom(factor, this.#wavelength(at));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button > 1) return;
    const at = this.#at(event);
    this.#plot.over.setPointerCapture(event.pointerId);
    this.#down.set(event.pointerId, at);
    this.#panel.stage.focus({ preventScroll: true });
    const mode = this.#panel.host.mode();
    const finger = event.pointerType === "touch" && mode === "zoom";
    const kind = event.button === 1 || event.shiftKey || finger ? "move" : mode;
    const { x, y } = this.#panel.scene;
    this.#drag = this.#down.size === 1 ? { kind, from: at, x, y } : null;
    this.#select(null);
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    const before = this.#down.get(event.pointerId);
    if (this.#down.size === 2 && before) this.#pinch(event.pointerId, at);
    if (before) this.#down.set(event.pointerId, at);
    const inside = at.x >= 0 && at.x <= this.#plot.over.clientWidth;
    this.#panel.hovered(inside ? this.#wavelength(at) : null);
    const drag = this.#drag;
    if (!drag) return;
    const { kind, from } = drag;
    if (kind !== "move") return this.#select(from, at, kind === "zoom");
    const { clientWidth: width, clientHeight: height } = this.#plot.over;
    const [dx, dy] = [(from.x - at.x) / width, (at.y - from.y) / height];
    const shift = (/** @type {[number, number]} */ [low, high], /** @type {number} */ share) =>
      /** @type {[number, number]} */ ([low + share * (high - low), high + share * (high - low)]);
    // A finger moves along the spectrum; so does a mouse, until it clearly moves up or down.
    const upright =
      event.pointerType !== "touch" && (this.#panel.scene.fixed || Math.abs(at.y - from.y) > 24);
    this.#panel.look(shift(drag.x, dx), upright ? shift(drag.y, dy) : null);
  }

  /** @param {number} id @param {Point} at */
  #pinch(id, at) {
    const points = [...this.#down.entries()];
    const other = /** @type {[number, Point]} */ (points.find(([one]) => one !== id))[1];
    const before = /** @type {Point} */ (this.#down.get(id));
    const [was, now] = [Math.abs(before.x - other.x), Math.abs(at.x - other.x)];
    if (was > 10 && now > 10)
      this.#panel.zoom(was / now, this.#wavelength({ x: (at.x + other.x) / 2, y: 0 }));
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const drag = this.#drag;
    const at = this.#at(event);
    this.#leave(event);
    if (!drag || drag.kind === "move" || Math.abs(at.x - drag.from.x) < CLICK) return;
    const range = sorted(this.#wavelength(drag.from), this.#wavelength(at));
    if (drag.kind === "measure") return this.#panel.host.onMeasure(this.#panel, range);
    const flat = Math.abs(at.y - drag.from.y) < FLAT;
    this.#panel.look(range, flat ? null : sorted(this.#flux(drag.from), this.#flux(at)));
  }

  /** @param {PointerEvent} event */
  #leave(event) {
    this.#down.delete(event.pointerId);
    this.#drag = null;
    this.#select(null);
  }

  /** Show the range being drawn. @param {Point | null} from @param {Point} [to] @param {boolean} [box] */
  #select(from, to = { x: 0, y: 0 }, box = false) {
    const { clientWidth: width, clientHeight: height } = this.#plot.over;
    const none = { left: 0, top: 0, width: 0, height: 0 };
    if (!from) return this.#plot.setSelect(none, false);
    const [left, right] = sorted(clamp(from.x, width), clamp(to.x, width));
    const [top, bottom] = sorted(clamp(from.y, height), clamp(to.y, height));
    const upright = box && bottom - top >= FLAT;
    const select = {
      left,
      width: right - left,
      top: upright ? top : 0,
      height: upright ? bottom - top : height,
    };
    this.#plot.setSelect(select, false);
  }

  /** @param {string} key @returns {boolean} whether it was one of these */
  #key(key) {
    const panel = this.#panel;
    const keys = /** @type {Record<string, () => void>} */ ({
      ArrowLeft: () => panel.pan(-0.1),
      ArrowRight: () => panel.pan(0.1),
      ArrowUp: () => panel.panFlux(0.1),
      ArrowDown: () => panel.panFlux(-0.1),
      "+": () => panel.zoom(0.8),
      "=": () => panel.zoom(0.8),
      "-": () => panel.zoom(1.25),
      PageUp: () => panel.zoomFlux(0.8),
      PageDown: () => panel.zoomFlux(1.25),
      Home: () => panel.reset(),
      0: () => panel.reset(),
      ",": () => this.#step(-1),
      ".": () => this.#step(1),
      "<": () => this.#step(-20),
      ">": () => this.#step(20),
      b: () => this.#range("zoom"),
      m: () => this.#range("measure"),
      Escape: () => {
        this.#started = null;
        this.#select(null);
        panel.point(null);
      },
    });
    if (!Object.hasOwn(keys, key)) return false;
    keys[key]();
    return true;
  }

  /** Move the cross-hair by so many pixels of the screen. @param {number} pixels */
  #step(pixels) {
    const [low, high] = this.#panel.scene.x;
    const now = this.#panel.cross ?? (low + high) / 2;
    this.#panel.point(Math.min(Math.max(now + pixels * 2 * this.#panel.grain, low), high));
    this.#panel.host.onStep?.();
    if (this.#started) this.#select(this.#place(this.#started.x), this.#place(this.#panel.cross ?? now));
  }

  /** A range by keys: between the positions of the cross-hair at two presses of the key. @param {"zoom" | "measure"} kind */
  #range(kind) {
    const panel = this.#panel;
    if (panel.cross === null) this.#step(0);
    const x = panel.cross ?? 0;
    const started = this.#started;
    this.#started = null;
    this.#select(null);
    if (started?.kind !== kind || started.x === x) this.#started = { kind, x };
    else if (kind === "measure") panel.host.onMeasure(panel, sorted(started.x, x));
    else panel.look(sorted(started.x, x), null);
  }

  /** @param {number} x @returns {Point} */
  #place(x) {
    return { x: this.#plot.valToPos(x, "x"), y: 0 };
  }
}

/** @param {number} a @param {number} b @returns {[number, number]} */
const sorted = (a, b) => (a < b ? [a, b] : [b, a]);

/** @param {number} value @param {number} most */
const clamp = (value, most) => Math.min(Math.max(value, 0), most);
