/** When no row was found: the conditions that are the cause, and links to searches that find some. */
import { writePermalink } from "../../search/permalink.js";
import { lazily } from "../../shared/lazy.js";

const explainer = lazily(() => import("./explain-nothing.js"));
const writer = lazily(() => import("../../search/sql/empty.js"));

export class Nothing {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
  }

  hide() {
    this.place.hidden = true;
    this.place.replaceChildren();
  }

  /** @param {import("./explain-nothing.js").Case} about */
  async show(about) {
    const [{ explain }, { showLines }] = await Promise.all([explainer(), writer()]);
    const lines = await explain(about);
    about.signal.throwIfAborted();
    const shown = lines.map(({ text, search }) =>
      search ? { text, query: writePermalink(search) } : { text },
    );
    showLines(this.place, shown);
  }
}
