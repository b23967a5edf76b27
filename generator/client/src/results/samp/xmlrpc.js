/** XML-RPC as SAMP uses it: texts, lists and maps of them. */
import { parseXml } from "../../shared/trusted.js";
import { xmlText } from "../export/votable.js";

/** @typedef {string | Value[] | {[key: string]: Value}} Value */

/** @param {string} method @param {Value[]} parameters */
export function methodCall(method, parameters) {
  const params = parameters.map((value) => `<param>${write(value)}</param>`).join("");
  return `<?xml version="1.0"?>\n<methodCall><methodName>${xmlText(method)}</methodName><params>${params}</params></methodCall>`;
}

/** @param {Value} value @returns {string} */
function write(value) {
  if (Array.isArray(value)) return `<value><array><data>${value.map(write).join("")}</data></array></value>`;
  if (typeof value === "object") {
    const members = Object.entries(value).map(
      ([name, one]) => `<member><name>${xmlText(name)}</name>${write(one)}</member>`,
    );
    return `<value><struct>${members.join("")}</struct></value>`;
  }
  return `<value><string>${xmlText(value)}</string></value>`;
}

/** @param {string} xml @returns {Value} throws the error that the other side reports */
export function methodResponse(xml) {
  const page = parseXml(xml);
  const fault = page.querySelector("methodResponse > fault > value");
  if (fault) {
    const reason = read(fault);
    throw new Error(
      typeof reason === "object" && "faultString" in reason ? String(reason.faultString) : "fault",
    );
  }
  const value = page.querySelector("methodResponse > params > param > value");
  if (!value) throw new Error("This is no answer of a SAMP hub.");
  return read(value);
}

/** @param {Element} value @returns {Value} */
function read(value) {
  const [inner] = value.children;
  if (inner?.localName === "array") return children(inner.firstElementChild, "value").map(read);
  if (inner?.localName === "struct")
    return Object.fromEntries(
      children(inner, "member").flatMap((member) => {
        const [name, one] = [children(member, "name")[0], children(member, "value")[0]];
        return name && one ? [[name.textContent ?? "", read(one)]] : [];
      }),
    );
  return value.textContent ?? "";
}

/** @param {Element | null} element @param {string} name */
const children = (element, name) =>
  [...(element?.children ?? [])].filter((child) => child.localName === name);
