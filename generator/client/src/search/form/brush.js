/**
 * A histogram in a field, with a range on it that can be dragged: by its two ends (sliders for the keyboard), as a whole, or
 * drawn again from anywhere. The field's two inputs show the range, and typing there moves it.
 */
import { t } from "../../shared/strings.js";
import { readNumber } from "../literals.js";

const SVG = "http://www.w3.org/2000/svg";
/** Bins by which the keys for large steps move. */
const FAR = 6;
/** Pixels within which an end is grabbed. */
const NEAR = 12;

export class Brush {
  /** Positions of the two ends, in bins. @type {[number, number]} */
  #ends = [0, 0];
  /** What is being dragged: the lower end, the upper one, or the whole range from a position. @type {{end: 0 | 1 | null, from: number} | null} */
  #grip = null;

  /**
   * @param {HTMLElement} element to draw in @param {import("./bins.js").Bins} bins
   * @param {{low: HTMLInputElement, high: HTMLInputElement, unit: string, language: string}} field
   */
  constructor(element, bins, { low, high, unit, language }) {
    this.element = element;
    this.bins = bins;
    this.inputs = [low, high];
    this.unit = unit;
    this.number = new Intl.NumberFormat(language || undefined, { maximumSignificantDigits: 3 });
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", `0 0 ${bins.count} 1`);
    picture.setAttribute("preserveAspectRatio", "none");
    picture.setAttribute("aria-hidden", "true");
    const [all, chosen] = ["brush-all", "brush-in"].map((name) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", name);
      picture.append(path);
      return path;
    });
    all.setAttribute("d", bins.path());
    this.chosen = chosen;
    this.plot = make("div", "brush-plot");
    this.pane = make("div", "brush-pane");
    this.handles = this.inputs.map((input, end) => this.#handle(input, /** @type {0 | 1} */ (end)));
    this.plot.append(picture, this.pane, ...this.handles);
    this.count = make("span", "brush-count");
    const scale = make("div", "brush-scale");
    scale.append(make("span", "", low.placeholder), this.count, make("span", "", high.placeholder));
    element.replaceChildren(this.plot, scale);
    element.classList.add("drawn");
    this.plot.addEventListener("pointerdown", (event) => this.#take(event));
    this.plot.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) this.plot.addEventListener(name, () => this.#leave());
    this.plot.addEventListener("dblclick", () => {
      this.#write(0, bins.count);
      this.#notify("change");
    });
    for (const input of this.inputs) input.addEventListener("input", () => this.follow());
    this.follow();
  }

  /** @param {HTMLInputElement} input @param {0 | 1} end */
  #handle(input, end) {
    const handle = make("span", "brush-handle");
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", t("{name}, slider", { name: input.getAttribute("aria-label") ?? "" }));
    handle.addEventListener("keydown", (event) => {
      const { count } = this.bins;
      const step = this.bins.single || !event.shiftKey ? 1 : 0.1;
      const moves = /** @type {Record<string, number>} */ ({
        ArrowRight: step,
        ArrowUp: step,
        ArrowLeft: -step,
        ArrowDown: -step,
        PageUp: FAR,
        PageDown: -FAR,
        Home: -count,
        End: count,
      });
      const move = moves[event.key];
      if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const ends = /** @type {[number, number]} */ ([...this.#ends]);
      const [least, most] = end ? [ends[0], count] : [0, ends[1]];
      // a step ends at the edge of a bin, wherever it began
      const to =
        step === 1
          ? (move > 0 ? Math.floor : Math.ceil)(ends[end] + move + Math.sign(move) * 1e-9)
          : ends[end] + move;
      ends[end] = Math.min(most, Math.max(least, to));
      this.#write(...ends);
      this.#notify("change");
    });
    return handle;
  }

  /** Show the range in the inputs. */
  follow() {
    if (this.#grip) return;
    const said = this.inputs.map((input) => input.value.trim());
    /** @type {number[]} */
    const places = [];
    try {
      said.forEach((text, end) =>
        places.push(
          text ? this.bins.place(readNumber(text.replace(/^[<>]=?/, "")), end === 1) : end * this.bins.count,
        ),
      );
    } catch {
      // a list, or not a number: not a range that can be shown
      places.length = 0;
    }
    this.element.classList.toggle("other", places.length < 2 || places[0] > places[1]);
    this.#show(places.length < 2 ? [0, this.bins.count] : [places[0], Math.max(...places)]);
  }

  /** @param {[number, number]} ends */
  #show(ends) {
    this.#ends = ends;
    const { bins, element } = this;
    const [from, to] = ends;
    const used = from > 0 || to < bins.count;
    element.classList.toggle("used", used);
    this.chosen.setAttribute("d", used ? bins.path(from, to) : "");
    const share = ends.map((place) => (100 * place) / bins.count);
    this.pane.style.left = `${share[0]}%`;
    this.pane.style.width = `${share[1] - share[0]}%`;
    this.count.textContent = used ? t("about {n} rows", { n: this.number.format(bins.rows(from, to)) }) : "";
    this.handles.forEach((handle, end) => {
      const value = bins.value(ends[end], end === 1);
      handle.style.left = `${share[end]}%`;
      handle.setAttribute("aria-valuemin", String(bins.edges[0]));
      handle.setAttribute("aria-valuemax", String(bins.edges[bins.count]));
      handle.setAttribute("aria-valuenow", value);
      handle.setAttribute("aria-valuetext", `${value} ${this.unit}`.trim());
    });
  }

  /** An end at the edge of the histogram is open. @param {number} from @param {number} to */
  #write(from, to) {
    const { bins } = this;
    this.inputs[0].value = from <= 0 ? "" : bins.value(from, false);
    this.inputs[1].value = to >= bins.count ? "" : bins.value(to, true);
    this.element.classList.remove("other");
    this.#show([from, to]);
  }

  /** @param {string} event */
  #notify(event) {
    this.inputs[0].dispatchEvent(new Event(event, { bubbles: true }));
  }

  /** @param {PointerEvent} event */
  #place(event) {
    const { left, width } = this.plot.getBoundingClientRect();
    const place = ((event.clientX - left) / width) * this.bins.count;
    return Math.min(this.bins.count, Math.max(0, place));
  }

  /** @param {PointerEvent} event */
  #take(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.plot.setPointerCapture(event.pointerId);
    const place = this.#place(event);
    const near = (NEAR / this.plot.getBoundingClientRect().width) * this.bins.count;
    const [from, to] = this.#ends;
    const end = Math.abs(place - from) <= Math.abs(place - to) ? 0 : 1;
    const used = from > 0 || to < this.bins.count;
    if (Math.abs(place - this.#ends[end]) <= near) this.#grip = { end, from: place };
    else if (used && place > from && place < to) this.#grip = { end: null, from: place };
    else {
      const start = this.#snap(place);
      this.#grip = { end: 1, from: start };
      this.#write(start, start);
    }
    this.element.classList.add("held");
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const grip = this.#grip;
    if (!grip) return;
    const place = this.#place(event);
    let [from, to] = this.#ends;
    if (grip.end === null) {
      const by = Math.min(this.bins.count - to, Math.max(-from, this.#snap(place - grip.from)));
      grip.from += by;
      [from, to] = [from + by, to + by];
    } else {
      // an end that is dragged past the other one becomes that end
      const fixed = grip.end ? from : to;
      const moved = this.#snap(place);
      grip.end = moved >= fixed ? 1 : 0;
      [from, to] = [Math.min(fixed, moved), Math.max(fixed, moved)];
    }
    this.#write(from, to);
  }

  #leave() {
    if (!this.#grip) return;
    const [from, to] = this.#ends;
    this.#grip = null;
    this.element.classList.remove("held");
    // a press without a drag is not a range
    if (from === to) this.#write(0, this.bins.count);
    this.#notify("change");
  }

  /** @param {number} place */
  #snap(place) {
    return this.bins.single ? Math.round(place) : place;
  }
}

/** @param {string} name @param {string} className @param {string} [text] */
function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
