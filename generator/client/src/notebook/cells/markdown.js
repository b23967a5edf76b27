/**
 * Markdown of a notebook as elements. It may be a stranger's: elements are made one by one from the parsed text, so that no markup of it
 * ever reaches the page's parser; HTML in it is shown as text, pictures only where the text itself holds them.
 */
import { Lexer } from "marked";
import { lazily } from "../../shared/lazy.js";

/** @typedef {import("marked").Token & Record<string, any>} Token */

const maths = lazily(() => import("./maths.js"));

/** Where links may lead. */
const LINK = /^(?:https?:|mailto:|#|[^:?#/\\][^:?#\\]*(?:[?#].*)?$)/i;
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;
const MATHS = /\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)|\\\((.+?)\\\)/g;
/** Private-use characters around the number of a formula, so that Markdown leaves it alone. */
const [OPEN, CLOSE] = ["\ue000", "\ue001"];
const PLACE = new RegExp(`${OPEN}(\\d+)${CLOSE}`);
const CODE = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|(`+)(?:(?!\1)[\s\S])+?\1/g;

/** @typedef {{ tex: string, display: boolean }} Formula */

/**
 * @param {string} source
 * @returns {DocumentFragment}
 */
export function renderMarkdown(source) {
  /** @type {Formula[]} */
  const formulas = [];
  const text = withoutFormulas(source.replaceAll(OPEN, "").replaceAll(CLOSE, ""), formulas);
  const out = document.createDocumentFragment();
  out.append(...blocks(/** @type {Token[]} */ (new Lexer({ gfm: true }).lex(text)), formulas));
  return out;
}

/** Formulas outside of code, replaced by their numbers. @param {string} text @param {Formula[]} formulas */
export function withoutFormulas(text, formulas) {
  const replace = (/** @type {string} */ part) =>
    part.replace(MATHS, (_, a, b, c, d) => {
      formulas.push({ tex: a ?? b ?? c ?? d, display: Boolean(a ?? b) });
      return `${OPEN}${formulas.length - 1}${CLOSE}`;
    });
  let out = "";
  let at = 0;
  for (const found of text.matchAll(CODE)) {
    out += replace(text.slice(at, found.index)) + found[0];
    at = found.index + found[0].length;
  }
  return out + replace(text.slice(at));
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, ...inside) {
  const made = document.createElement(tag);
  made.append(...inside);
  return made;
}

/** @param {Token[]} tokens @param {Formula[]} formulas @returns {(Node | string)[]} */
const blocks = (tokens, formulas) => tokens.flatMap((token) => block(token, formulas));

/** @param {Token} token @param {Formula[]} formulas @returns {(Node | string)[]} */
function block(token, formulas) {
  const inside = () => inline(token.tokens ?? [], formulas);
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      // the page has the first heading
      return [make(/** @type {"h2"} */ (`h${Math.min(6, token.depth + 1)}`), ...inside())];
    case "paragraph":
      return [make("p", ...inside())];
    case "text":
      return token.tokens ? inside() : words(token.text, formulas);
    case "code":
      return [make("pre", make("code", token.text))];
    case "blockquote":
      return [make("blockquote", ...blocks(token.tokens ?? [], formulas))];
    case "hr":
      return [make("hr")];
    case "list":
      return [list(token, formulas)];
    case "table":
      return [table(token, formulas)];
    default:
      return [make("p", ...words(token.raw ?? "", formulas))];
  }
}

/** @param {Token} token @param {Formula[]} formulas */
function list(token, formulas) {
  const items = token.items.map((/** @type {Token} */ item) => {
    const mark = item.task ? [item.checked ? "☑ " : "☐ "] : [];
    return make("li", ...mark, ...blocks(/** @type {Token[]} */ (item.tokens ?? []), formulas));
  });
  if (!token.ordered) return make("ul", ...items);
  const made = make("ol", ...items);
  if (Number.isInteger(token.start)) made.start = token.start;
  return made;
}

/** @param {Token} token @param {Formula[]} formulas */
function table(token, formulas) {
  const row = (/** @type {"th" | "td"} */ tag, /** @type {Token[]} */ cells) =>
    make("tr", ...cells.map(({ tokens }) => make(tag, ...inline(tokens ?? [], formulas))));
  const head = make("thead", row("th", token.header));
  const body = make("tbody", ...token.rows.map((/** @type {Token[]} */ cells) => row("td", cells)));
  const made = make("table", head, body);
  made.className = "table";
  const scroll = make("div", made);
  scroll.className = "table-scroll";
  return scroll;
}

/** @param {Token[]} tokens @param {Formula[]} formulas @returns {(Node | string)[]} */
const inline = (tokens, formulas) => tokens.flatMap((token) => phrase(token, formulas));

/** @param {Token} token @param {Formula[]} formulas @returns {(Node | string)[]} */
function phrase(token, formulas) {
  const inside = () => inline(token.tokens ?? [], formulas);
  switch (token.type) {
    case "strong":
      return [make("strong", ...inside())];
    case "em":
      return [make("em", ...inside())];
    case "del":
      return [make("del", ...inside())];
    case "codespan":
      return [make("code", token.text)];
    case "br":
      return [make("br")];
    case "link":
      return [link(token.href, inside())];
    case "image":
      return [picture(token)];
    case "escape":
      return [token.text];
    case "text":
      return token.tokens ? inside() : words(token.text, formulas);
    default:
      return words(token.raw ?? "", formulas);
  }
}

/** @param {string} href @param {(Node | string)[]} inside */
function link(href, inside) {
  if (!LINK.test(href)) return make("span", ...inside);
  const made = make("a", ...inside);
  made.href = href;
  made.rel = "noopener noreferrer external";
  if (/^https?:/i.test(href)) made.target = "_blank";
  return made;
}

/** @param {Token} token */
function picture({ href, text }) {
  if (!PICTURE.test(href)) return make("span", text);
  const made = make("img");
  made.src = href;
  made.alt = text;
  return made;
}

/** Text with its formulas. @param {string} text @param {Formula[]} formulas @returns {(Node | string)[]} */
function words(text, formulas) {
  return text
    .split(PLACE)
    .map((part, i) => (i % 2 ? formula(formulas[Number(part)]) : part))
    .filter((part) => part !== "");
}

/** @param {Formula | undefined} found @returns {Node | string} */
function formula(found) {
  if (!found) return "";
  // As it is written, until the part that sets it is there, or where it is not right.
  const written = make("code", found.display ? `$$${found.tex}$$` : `$${found.tex}$`);
  maths().then(
    ({ mathOf }) => written.replaceWith(mathOf(found) ?? written),
    () => {},
  );
  return written;
}
