/** Text for formats that allow ASCII only. */

/**
 * Printable ASCII stays as it is; every other character is written as \uXXXX or \UXXXXXXXX, as Python writes it.
 * @param {string} text
 */
export function asciiText(text) {
  if (/^[ -~]*$/.test(text)) return text;
  return text.toWellFormed().replace(/[^ -~]/gu, (letter) => {
    const code = (letter.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/**
 * Names for FITS columns: letters without their accents, other characters as _, no two alike in any case.
 * @param {string[]} names
 */
export function asciiNames(names) {
  const taken = new Set();
  return names.map((name) => {
    const plain =
      name
        .normalize("NFKD")
        .replace(/\p{Mark}/gu, "")
        .replace(/[^ -~]/g, "_")
        .trim() || "column";
    let unique = plain;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${plain}_${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
