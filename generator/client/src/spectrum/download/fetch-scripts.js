/**
 * Scripts that fetch spectra from where the release is published, for wget, curl and aria2. Files are arranged as in
 * the release, below the folder in which the script runs, and each is checked against its checksum.
 *
 * @typedef {import("./chosen-spectra.js").RemoteFile} RemoteFile
 * @typedef {"wget" | "curl" | "aria2"} Tool
 * @typedef {object} Heading content of the head
 * @property {string} release its label
 * @property {string} query query by which the spectra were found
 * @property {string} cite
 * @property {string} date
 * @property {string} what such as `24 spectra of mrs: 24 files, 9.8 MB`
 */
import { oneLine } from "../../results/recipes/question.js";

/** @type {Record<Tool, {extension: string, write: (files: RemoteFile[], address: string | null, heading: Heading) => string}>} */
export const SCRIPTS = {
  wget: { extension: "wget.sh", write: (...all) => shell(...all, WGET) },
  curl: { extension: "curl.sh", write: (...all) => shell(...all, CURL) },
  aria2: { extension: "aria2.txt", write: aria2 },
};

const END = "END_OF_FILES";

const WGET = `# The folders of the address are not made anew here, only those of the sets.
cut=$(printf '%s' "$BASE" | sed 's|^[a-z]*://[^/]*||' | tr -cd / | wc -c)
[ -z "$todo" ] || printf '%s\\n' "$todo" | while read -r file; do
  printf '%s\\n' "$BASE/data/spectra/$file"
done | wget --no-verbose --force-directories --no-host-directories --cut-dirs=$((cut + 2)) --input-file=-`;

const CURL = `[ -z "$todo" ] || printf '%s\\n' "$todo" | while read -r file; do
  printf 'url = "%s"\\noutput = "%s"\\n' "$BASE/data/spectra/$file" "$file"
done | curl --fail --silent --show-error --globoff --location --retry 3 --create-dirs \\
  --parallel --parallel-max 4 --config -`;

/** @param {Heading} heading @returns {string[]} */
function head({ release, query, cite, date, what }) {
  return [
    `${release}: ${what}`,
    `Found by  ${query}`,
    `Written   ${date}`,
    ...(cite ? [`Cite      ${cite}`] : []),
  ].map((line) => `# ${oneLine(line)}`);
}

/** The lines of files in a script: only names and checksums, nothing that a shell would interpret. @param {RemoteFile[]} files */
function checked(files) {
  for (const { set, path, sha256 } of files)
    if (!/^\w+\/[\w.+/-]+ [0-9a-f]{64}$/.test(`${set}/${path} ${sha256}`) || path.includes(".."))
      throw new Error(`${path} is not the name of a file of a release`);
  return files;
}

/** @param {RemoteFile[]} files @param {string | null} address @param {Heading} heading @param {string} fetch */
function shell(files, address, heading, fetch) {
  return [
    "#!/bin/sh",
    ...head(heading),
    "# Files that are here already are not fetched again: after an interruption, run it once more.",
    ...(address
      ? ["# BASE is where the release is published; set it to fetch from a copy elsewhere."]
      : ["# Set BASE to where the release is published: BASE=https://… sh THIS_SCRIPT"]),
    "set -u",
    address
      ? `BASE=\${BASE:-${quoted(address)}}`
      : ': "${BASE:?set it to where the release is published, such as https://example.org/dr1}"',
    "BASE=${BASE%/}",
    `command -v sha256sum >/dev/null || sha256sum() { shasum -a 256 "$@"; }`,
    "",
    `files() { cat <<'${END}'`,
    ...checked(files).map(({ set, path, sha256 }) => `${sha256}  ${set}/${path}`),
    END,
    "}",
    "# Lists the files that are missing or damaged, and deletes the damaged ones.",
    "missing() {",
    "  while read -r sum file; do",
    `    printf '%s  %s\\n' "$sum" "$file" | sha256sum --check --status 2>/dev/null && continue`,
    `    rm -f "$file"`,
    `    printf '%s\\n' "$file"`,
    "  done",
    "}",
    "todo=$(files | missing)",
    "",
    fetch,
    "",
    "files | sha256sum --check --quiet && echo 'All files are here and intact.'",
    "",
  ].join("\n");
}

/** @param {RemoteFile[]} files @param {string | null} address @param {Heading} heading */
function aria2(files, address, heading) {
  const base = address ?? "BASE";
  return [
    ...head(heading),
    ...(address
      ? []
      : ["# Put in where the release is published: sed -i 's|^BASE/|https://example.org/dr1/|' THIS_FILE"]),
    "# aria2c --input-file=THIS_FILE --continue=true --auto-file-renaming=false --check-integrity=true",
    ...checked(files).flatMap(({ set, path, sha256 }) => [
      `${base}/data/spectra/${set}/${path}`,
      `  out=${set}/${path}`,
      `  checksum=sha-256=${sha256}`,
    ]),
    "",
  ].join("\n");
}

/** Escape everything in \${BASE:-…} that a shell would interpret. @param {string} address */
const quoted = (address) =>
  address.replace(/[^\w:/.,@%+~=-]/g, (letter) =>
    encodeURIComponent(letter).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  );

/**
 * Where the release is published: the origin of the page, or from disk the portal's address.
 * @param {{base: string, address?: string | null}} page @param {string} href the page's own address
 * @returns {string | null}
 */
export function addressOf({ base, address }, href) {
  const url = new URL(base || ".", href);
  if (url.protocol === "file:") return address ? new URL(address).href.replace(/\/+$/, "") : null;
  return url.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
}
