/**
 * The rows found as small pictures of their spectra. Only those in sight exist: they are created when they come
 * into sight and removed when they leave it.
 */
import { Blocks } from "../../results/table/blocks.js";
import { fileName } from "../../results/format.js";
import { Tall } from "../../results/table/tall.js";
import { t } from "../../shared/strings.js";
import { onTheme, paperInks, readInks } from "../viewer/ink.js";
import { spectrumAddress } from "../spectra-links.js";
import { handOver } from "../spectra-list.js";
import { parseId } from "../data/ids.js";
import { Cell } from "./cell.js";
import { Reading } from "./reading.js";
import { drawThumb, thumbOf } from "./thumb.js";

/**
 * @typedef {import("../../results/view.js").Shown} Shown
 * @typedef {import("./gallery-choice.js").Host} Host
 */

/** Least width and height of a picture with its text, in pixels. */
const SIZES = /** @type {Record<string, [number, number]>} */ ({
  small: [170, 132],
  medium: [250, 186],
  large: [400, 280],
});
const GAP = 10;
/** Lines of pictures beyond those in sight. */
const MORE = 1;
/** Rows before and after one to which its page can go. */
const NEAR = 100;
/** Milliseconds between checks of which spectra to read. */
const QUIET = 70;

export class Gallery {
  /** @type {Map<number, Cell>} drawn, by place */
  #cells = new Map();
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Blocks | null} */
  #blocks = null;
  /** @type {Reading | null} */
  #reading = null;
  #tall = new Tall();
  #columns = 1;
  #line = 1;
  #current = 0;
  #frame = 0;
  #looks = 0;
  #inks = readInks();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quiet;
  #open = false;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const part = (/** @type {string} */ name) =>
      /** @type {any} */ (host.section.querySelector(`[data-gallery="${name}"]`));
    this.scroll = /** @type {HTMLElement} */ (part("scroll"));
    this.track = /** @type {HTMLElement} */ (part("track"));
    this.note = /** @type {HTMLElement} */ (part("note"));
    this.size = /** @type {HTMLSelectElement} */ (part("size"));
    this.png = /** @type {HTMLSelectElement} */ (part("png"));
    this.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.track.addEventListener("keydown", (event) => this.#key(event));
    this.track.addEventListener("focusin", (event) => {
      const cell = [...this.#cells.values()].find(({ root }) =>
        root.contains(/** @type {Node} */ (event.target)),
      );
      if (cell) this.#makeCurrent(cell.place);
    });
    this.size.addEventListener("change", () => this.#measure());
    host.view.selection.addEventListener("change", () => this.#mark());
    host.view.events.addEventListener("ordered", () => this.#open && this.#fill());
    new ResizeObserver(() => this.#open && this.#measure()).observe(this.scroll);
    onTheme(() => {
      this.#inks = readInks();
      this.#looks++;
      this.#draw();
    });
  }

  open() {
    this.#open = true;
    this.host.view.instead(this);
    this.#fill();
  }

  close() {
    this.#open = false;
    this.host.view.instead(null);
    this.#forget();
  }

  #forget() {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#blocks?.close();
    this.#reading?.stop();
    this.#blocks = null;
    this.#cells.clear();
    this.track.replaceChildren();
  }

  /** Other rows, or the same in another order. */
  #fill() {
    const { shown, order } = this.host.view;
    this.#forget();
    this.note.textContent = "";
    const spectra = shown?.spectra;
    if (!shown || !spectra) return;
    if (this.#shown?.spectra !== spectra || !this.#reading) {
      const { sets } = spectra;
      this.#reading = new Reading(
        sets,
        this.host.openSet,
        () => this.#later(),
        (error) => this.#report(error),
      );
    }
    this.#shown = shown;
    this.#current = 0;
    const { hits } = shown;
    const read = (/** @type {number} */ first, /** @type {number} */ end) =>
      hits.rows(order, first, end, [spectra.column]);
    this.#blocks = new Blocks(
      order.length,
      read,
      () => this.#arrived(),
      (error) => this.#report(error),
    );
    this.#place(this.#tall.to(0));
    this.#measure();
  }

  /** @param {Error} error */
  #report(error) {
    this.note.textContent = error.message;
  }

  get #length() {
    return this.#blocks?.length ?? 0;
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.scroll;
    if (!width || !height || !this.#blocks) return;
    const [least, tall] = SIZES[this.size.value] ?? SIZES.medium;
    const before = Math.floor(this.#tall.top / this.#line) * this.#columns;
    this.#columns = Math.max(1, Math.floor((width - GAP) / (least + GAP)));
    this.#line = tall + GAP;
    const lines = Math.ceil(this.#length / this.#columns);
    this.#tall.resize(lines * this.#line + GAP, height);
    this.track.style.height = `${this.#tall.height}px`;
    this.track.style.setProperty("--thumb-width", `${(width - GAP) / this.#columns - GAP}px`);
    this.track.style.setProperty("--thumb-height", `${tall}px`);
    this.#place(this.#tall.to(Math.floor(before / this.#columns) * this.#line));
    this.#draw();
  }

  /** @param {number} at */
  #place(at) {
    this.scroll.scrollTop = at;
    this.#tall.at = this.scroll.scrollTop;
    if (this.#tall.ratio === 1) this.#tall.top = this.#tall.at;
  }

  #scrolled() {
    this.#tall.moved(this.scroll.scrollTop);
    if (this.#tall.stuck) this.#place(this.#tall.place);
    this.#later();
  }

  #later() {
    if (!this.#frame)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
  }

  /** A block of rows has arrived. */
  #arrived() {
    this.#draw();
  }

  /** Places in sight, and a little more. */
  #span() {
    const first = Math.max(0, Math.floor(this.#tall.top / this.#line) - MORE) * this.#columns;
    const lines = Math.ceil(this.#tall.view / this.#line) + 1 + 2 * MORE;
    return [first, Math.min(this.#length, first + lines * this.#columns)];
  }

  #draw() {
    const blocks = this.#blocks;
    if (!this.#open || !blocks) return;
    const [first, end] = this.#span();
    for (const [place, cell] of this.#cells) {
      if ((place >= first && place < end) || cell.root.contains(document.activeElement)) continue;
      cell.root.remove();
      this.#cells.delete(place);
    }
    for (let place = first; place < end; place++) if (!this.#cells.has(place)) this.#make(place);
    if (!this.#cells.has(this.#current) && end > first) this.#makeCurrent(first);
    else this.#makeCurrent(this.#current);
    const shift = this.scroll.scrollTop - this.#tall.top;
    const width = (this.scroll.clientWidth - GAP) / this.#columns;
    for (const [place, cell] of this.#cells) {
      const x = GAP + (place % this.#columns) * width;
      const y = GAP + Math.floor(place / this.#columns) * this.#line + shift;
      cell.root.style.transform = `translate(${x}px, ${y}px)`;
      this.#show(cell);
    }
    blocks.want(first, end);
    this.#quiet ??= setTimeout(() => {
      this.#quiet = undefined;
      this.#read();
    }, QUIET);
    const seen = Math.floor(this.#tall.top / this.#line) * this.#columns;
    const last = Math.ceil((this.#tall.top + this.#tall.view) / this.#line) * this.#columns - 1;
    this.host.view.seen(Math.min(seen, this.#length - 1), Math.min(last, this.#length - 1));
  }

  #read() {
    const [first, end] = this.#span();
    const ids = [];
    for (let place = first; place < end; place++) {
      const id = this.#idAt(place);
      if (id) ids.push(id);
    }
    this.#reading?.want(ids);
  }

  /** @param {number} place @returns {string | null | undefined} null: none; undefined: the row is not here */
  #idAt(place) {
    const row = this.#blocks?.get(place);
    return row && (this.#shown?.spectra?.id(row[0]) ?? null);
  }

  /** @param {number} place */
  #make(place) {
    const { selection, order } = this.host.view;
    const cell = new Cell(place, this.#length, {
      onMark: () => selection.toggle(order.at(place)),
      onSave: () => this.#save(cell),
    });
    cell.mark(selection.has(order.at(place)));
    this.#cells.set(place, cell);
    // In the order of the list, for readers who go through it line by line.
    const next = [...this.track.children].find(
      (other) => Number(/** @type {any} */ (other).ariaPosInSet) > place + 1,
    );
    this.track.insertBefore(cell.root, next ?? null);
  }

  /** @param {Cell} cell */
  #show(cell) {
    const id = this.#idAt(cell.place);
    if (id === undefined) return;
    if (id === null) return cell.nameless();
    const { spectra } = /** @type {Shown} */ (this.#shown);
    cell.named(id, (link) => {
      if (!spectra) return;
      const { page } = this.host;
      link.href = spectrumAddress(page, spectra.sets, id);
      const ids = [];
      for (let near = Math.max(0, cell.place - NEAR); near < cell.place + NEAR; near++)
        ids.push(this.#idAt(near) ?? "");
      const back = `${location.pathname.split("/").pop() || "index.html"}${location.search}`;
      const list = { set: spectra.sets[0].name, ids: [...new Set(ids.filter(Boolean))], back };
      handOver(link, page.release.id, list, id);
    });
    const kept = this.#reading?.get(id);
    if (kept !== undefined) cell.draw(kept, this.#inks, String(this.#looks));
  }

  #mark() {
    const { selection, order } = this.host.view;
    for (const [place, cell] of this.#cells) cell.mark(selection.has(order.at(place)));
  }

  /** Put a picture into the Tab order. @param {number} place */
  #makeCurrent(place) {
    const before = this.#cells.get(this.#current);
    if (before) before.link.tabIndex = -1;
    this.#current = place;
    const now = this.#cells.get(place);
    if (now) now.link.tabIndex = 0;
  }

  /** Go to a row by its number. @param {number} place */
  goTo(place) {
    const line = Math.floor(place / this.#columns) * this.#line;
    const { top, view } = this.#tall;
    if (line < top) this.#place(this.#tall.to(line));
    else if (line + this.#line + GAP > top + view) this.#place(this.#tall.to(line + this.#line + GAP - view));
    this.#draw();
    this.#makeCurrent(place);
    this.#cells.get(place)?.link.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#tall.view / this.#line)) * this.#columns;
    const steps = /** @type {Record<string, number>} */ ({
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.#columns,
      ArrowDown: this.#columns,
      PageUp: -page,
      PageDown: page,
      Home: -Infinity,
      End: Infinity,
    });
    const cell = this.#cells.get(this.#current);
    if (Object.hasOwn(steps, event.key)) {
      const to = this.#current + steps[event.key];
      // Up from the first line and down from the last one stay where they are.
      if (
        Number.isFinite(to) &&
        (to < 0 || to >= this.#length) &&
        Math.abs(steps[event.key]) === this.#columns
      )
        return;
      this.goTo(Math.max(0, Math.min(this.#length - 1, to)));
    } else if (event.key === " " && event.target === cell?.link) {
      const { selection, order } = this.host.view;
      selection.toggle(order.at(this.#current));
    } else if (event.key === "s" && cell && !cell.png.hidden) this.#save(cell);
    else return;
    event.preventDefault();
  }

  /** Save a picture on its own, drawn from all pixels. @param {Cell} cell */
  async #save(cell) {
    const kept = this.#reading?.get(cell.id);
    const [width, height] = this.png.value.split("x").map(Number);
    if (!kept) return;
    try {
      const set = await this.host.openSet(kept.set.name);
      const id = parseId(cell.id, kept.set.datatype);
      const spectrum = id === null ? null : await set.read(id);
      if (!spectrum) return;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const thumb = thumbOf(spectrum, width);
      const title = [this.host.page.release.label, `${kept.set.id} ${cell.id}`, thumb.words]
        .filter(Boolean)
        .join(" · ");
      drawThumb(context, { width, height, scale: height / 300 }, thumb, paperInks(), title);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve));
      const name = fileName([this.host.page.release.id, kept.set.name, cell.id], "png");
      if (!blob) throw new Error(t("The browser could not make the picture."));
      this.host.save({ blob, name });
      this.note.textContent = t("Saved: {name}", { name });
    } catch (error) {
      this.#report(/** @type {Error} */ (error));
    }
  }
}
