/**
 * Plots as SVG, of Python or of a stranger's file. They are shown as images, in which a browser runs and loads nothing; this leaves
 * out what could do either elsewhere. It reads the text itself: a parser of the page would report every handler as an attempt.
 */
/** Characters of a plot that is larger than any screen needs. */
const MOST = 8 << 20;
const SPACE = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(
  `svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc style image clipPath mask
  pattern marker linearGradient radialGradient stop filter`.split(/\s+/),
);
const NAME = String.raw`[A-Za-z_][\w.:-]*`;
const ATTRIBUTE = String.raw`\s+(${NAME})\s*=\s*("[^"<]*"|'[^'<]*')`;
const TOKEN = new RegExp(
  String.raw`<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^<>[]*>|<!\[CDATA\[([\s\S]*?)\]\]>|</(${NAME})\s*>|` +
    String.raw`<(${NAME})((?:${ATTRIBUTE})*)\s*(/?)>|([^<]+)`,
  "y",
);
/** Addresses within the picture, and pictures in the text itself. */
const INSIDE = /^\s*(?:#|data:image\/(?:png|jpeg|gif);base64,)/i;
/** Of styles: what may load something, and escapes, which may hide it. */
const OUTSIDE = /@|\\|url\((?!\s*["']?#)|image(?:-set)?\(|expression\(/i;
/** References to characters; others are of a type declaration. */
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#x([\da-f]{1,6})|#(\d{1,7}));|&/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** @param {string} text @returns {string} throws where a reference is not one to a character */
const decoded = (text) =>
  text.replace(REFERENCE, (_, name, hex, decimal) => {
    if (name) return NAMED[/** @type {keyof typeof NAMED} */ (name)];
    return String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal ?? NaN));
  });

/** @param {string} text */
const encoded = (text) =>
  text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[one] ?? "&quot;");

/** @param {string} name @param {string} value */
function isKept(name, value) {
  if (name === "xmlns") return value === SPACE;
  if (/^(?:xlink:)?href$/.test(name)) return INSIDE.test(value);
  if (/^xmlns:xlink$|^xml:space$/.test(name)) return true;
  return !/^on|:|^(?:src|base)$/i.test(name) && !OUTSIDE.test(value);
}

/** @param {string} text of a tag */
function attributes(text) {
  let kept = "";
  for (const [, name, quoted] of text.matchAll(new RegExp(ATTRIBUTE, "g"))) {
    const value = decoded(quoted.slice(1, -1));
    if (isKept(name, value)) kept += ` ${name}="${encoded(value)}"`;
  }
  return kept;
}

/** @param {string} text @returns {Generator<RegExpExecArray>} throws where it is not XML */
function* tokens(text) {
  const token = new RegExp(TOKEN);
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (!found) throw new SyntaxError("not XML");
    yield found;
  }
}

/** @param {string} text */
function rewritten(text) {
  /** @type {string[]} */
  const open = [];
  /** Depth of the element that is left out; 0 where none is. */
  let out = 0;
  let made = "";
  for (const [, literal, end, start, all, , , empty, plain] of tokens(text)) {
    if (end) {
      if (open.pop() !== end) throw new SyntaxError("not XML");
      if (!out) made += `</${end}>`;
      else if (open.length < out) out = 0;
    } else if (start) {
      const isRoot = !open.length && start === "svg" && attributes(all).includes(` xmlns="${SPACE}"`);
      if (!open.length && (made || !isRoot)) throw new SyntaxError("not SVG");
      if (!out && !ELEMENTS.has(start) && !/^fe[A-Z]\w+$/.test(start)) out = open.length + 1;
      if (!out) made += `<${start}${attributes(all)}${empty}>`;
      if (!empty) open.push(start);
      else if (out > open.length) out = 0;
    } else if (!out && open.length && (literal ?? plain)) {
      const words = literal ?? decoded(plain);
      if (open.at(-1) !== "style" || !OUTSIDE.test(words)) made += encoded(words);
    }
  }
  if (open.length) throw new SyntaxError("not XML");
  return made;
}

/**
 * @param {string} text
 * @returns {string | null} the picture without scripts, handlers and addresses outside of it; null if it is not a picture
 */
export function cleanSvg(text) {
  if (text.length > MOST) return null;
  try {
    return rewritten(text.replace(/^\ufeff/, "")) || null;
  } catch {
    return null;
  }
}
