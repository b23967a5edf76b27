import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanSvg } from "../src/notebook/cells/svg.js";

const SPACE = 'xmlns="http://www.w3.org/2000/svg"';
/** @param {string} inside */
const svg = (inside) => `<svg ${SPACE}>${inside}</svg>`;

test("a plot is the same, but for its declarations and what describes it", () => {
  const plot = `<svg ${SPACE} xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
 <defs><style type="text/css">*{stroke-linejoin: round}</style><clipPath id="c"><rect width="9"/></clipPath></defs>
 <g clip-path="url(#c)"><use xlink:href="#m" style="fill: #1f77b4"/><path d="M 0 &quot;" style="fill: url('#c')"/></g>
 <image xlink:href="data:image/png;base64,aGk=" width="9"/><text>a &amp; b &lt; ü 光</text>
</svg>`;
  const described = '<metadata><rdf:RDF xmlns:rdf="r"><cc:Work rdf:about=""/></rdf:RDF></metadata>';
  const whole = `<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "a.dtd">${plot}`;
  assert.equal(cleanSvg(whole.replace("<defs>", `${described}<!-- a -- b --><defs>`).trim()), plot);
  assert.equal(cleanSvg(svg("<![CDATA[a<b]]>")), svg("a&lt;b"));
});

test("what runs or loads is left out", () => {
  for (const bad of [
    "<script>alert(1)</script>",
    "<script href='x.js'/>",
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><g><iframe src="x"/></g></body></foreignObject>',
    "<a><rect/></a>",
    '<animate attributeName="href" to="javascript:x"/>',
    "<svg:script>x</svg:script>",
    '<x:y xmlns:x="http://www.w3.org/1999/xhtml"><rect/></x:y>',
  ])
    assert.equal(cleanSvg(svg(`<g/>${bad}<g/>`)), svg("<g/><g/>"), bad);
  for (const bad of [
    "onload='x'",
    'OnClick = "x"',
    "href='http://a/b'",
    "xlink:href='javascript:x'",
    'xlink:href=" &#106;avascript:x"',
    "href='data:image/svg+xml;base64,PHN2Zy8+'",
    "fill='url(http://a/b)'",
    'style="background: u&#x72;l(//a)"',
    "style='background: \\75rl(//a)'",
    "xmlns='http://www.w3.org/1999/xhtml'",
    "xml:base='http://a/'",
    "src='x'",
  ])
    assert.equal(cleanSvg(svg(`<rect ${bad} width="1"/>`)), svg('<rect width="1"/>'), bad);
  for (const bad of ["@import 'a.css';", "a{b:url(//c)}", "<![CDATA[@import url(a)]]>", "&#64;import 'a'"])
    assert.equal(cleanSvg(svg(`<style>${bad}</style>`)), svg("<style></style>"), bad);
});

test("what is not a picture is null", () => {
  const entities = `<!DOCTYPE svg [<!ENTITY a "b">]>${svg("&a;")}`;
  for (const wrong of [
    "",
    "a",
    "<p/>",
    "<svg",
    "<svg/>",
    "<svg>",
    "<svg></g>",
    "<svg><g></svg>",
    svg("&a;"),
    entities,
  ])
    assert.equal(cleanSvg(wrong), null, wrong);
  for (const wrong of [
    svg("<g a=b/>"),
    svg("") + svg(""),
    svg("&#1114112;"),
    svg("a & b"),
    svg("<!ELEMENT a>"),
  ])
    assert.equal(cleanSvg(wrong), null, wrong);
});
