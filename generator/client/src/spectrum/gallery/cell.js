/** One thumbnail: a picture that is a link, its mark, its text. */
import { tickBox } from "../../results/table/line.js";
import { t } from "../../shared/strings.js";
import { drawThumb } from "./thumb.js";

export class Cell {
  /** Key of the picture on the canvas, so that it is drawn once. */
  #drawn = "";
  id = "";

  /** @param {number} place @param {number} length of the list @param {{onMark: () => void, onSave: () => void}} handlers */
  constructor(place, length, { onMark, onSave }) {
    this.place = place;
    const root = (this.root = document.createElement("div"));
    root.className = "thumb";
    root.setAttribute("role", "listitem");
    root.ariaPosInSet = String(place + 1);
    root.ariaSetSize = String(length);
    this.box = tickBox(t("Mark row {n}", { n: place + 1 }));
    this.box.addEventListener("change", onMark);
    this.link = document.createElement("a");
    this.link.className = "thumb-link";
    this.link.tabIndex = -1;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.name = document.createElement("span");
    this.name.className = "thumb-name mono";
    this.words = document.createElement("span");
    this.words.className = "thumb-words";
    this.link.append(this.canvas, this.name, this.words);
    this.png = document.createElement("button");
    this.png.type = "button";
    this.png.className = "button small quiet thumb-save";
    this.png.tabIndex = -1;
    this.png.textContent = "PNG";
    this.png.hidden = true;
    this.png.addEventListener("click", onSave);
    root.append(this.link, this.box, this.png);
  }

  /** Set the spectrum, the first time only. @param {string} id @param {(link: HTMLAnchorElement) => void} lead */
  named(id, lead) {
    if (this.id) return;
    this.id = id;
    this.name.textContent = id;
    this.png.setAttribute("aria-label", t("PNG of {id}", { id }));
    this.root.dataset.id = id;
    lead(this.link);
  }

  /** The row has no id of a spectrum. */
  nameless() {
    this.#say(t("No spectrum"));
  }

  /** @param {boolean} on */
  mark(on) {
    this.box.checked = on;
    this.root.classList.toggle("marked", on);
  }

  /** @param {string} text */
  #say(text) {
    this.words.textContent = text;
    this.root.dataset.state = "none";
  }

  /** @param {import("./reading.js").Kept} kept @param {import("../viewer/ink.js").Inks} inks @param {string} look changes with size and theme */
  draw(kept, inks, look) {
    if (!kept) return this.#say(t("No spectrum"));
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const now = `${look} ${width} ${height}`;
    if (this.#drawn === now || !width) return;
    this.#drawn = now;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d");
    if (!context) return;
    drawThumb(
      context,
      { width: this.canvas.width, height: this.canvas.height, scale: ratio },
      kept.thumb,
      inks,
    );
    this.words.textContent = kept.thumb.words;
    this.words.title = kept.thumb.words;
    this.png.hidden = false;
    this.root.dataset.state = "drawn";
  }
}
