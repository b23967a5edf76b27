// A page's script that hands what reads spectra and rows to tests, as plain values.
import {
  openSet,
  usePickedSpectra,
} from "../../generator/client/src/spectrum/data/set.js";
import {
  complete,
  rowsById,
  rowsNear,
} from "../../generator/client/src/catalogue/rows.js";
import { format } from "../../generator/client/src/shared/value-text.js";
import { spectrumCsv } from "../../generator/client/src/spectrum/export/spectrum-csv.js";
import { spectrumFits } from "../../generator/client/src/spectrum/export/spectrum-fits.js";
const page = JSON.parse(document.getElementById("page").textContent);
const asked = [];
const { fetch } = window;
window.fetch = async (address, options) => {
  const answer = await fetch(address, options);
  asked.push({
    path: String(address).split("/data/")[1],
    bytes: Number(answer.headers.get("content-length")),
  });
  return answer;
};
const packed = (array) => {
  const bytes = new Uint8Array(
    array.buffer,
    array.byteOffset,
    array.byteLength,
  );
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192)
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return { type: array.constructor.name, bytes: btoa(text) };
};
const told = (spectrum) =>
  spectrum && {
    id: String(spectrum.id),
    facts: spectrum.facts,
    parts: spectrum.parts.map(
      ({
        arm,
        kind,
        exposure,
        scale,
        facts,
        wavelength,
        stored,
        flux,
        values,
        masks,
      }) => ({
        ...{
          arm,
          kind,
          exposure,
          scale,
          facts,
          wavelength: packed(wavelength),
        },
        arrays: Object.fromEntries(
          Object.entries({ wavelength: stored, flux, ...values, ...masks }).map(
            ([name, array]) => [name, packed(array)],
          ),
        ),
      }),
    ),
  };
const plain = ({ catalogue, values, columns }) => ({
  catalogue,
  columns: columns.length,
  values: Object.fromEntries(
    [...values].map(([name, value]) => [name, [typeof value, format(value)]]),
  ),
});
const read = async (name, id, singles) => {
  const set = await openSet(page, name);
  return told(await set.read(set.parseId(id), { singles }));
};
const readMany = async (name, ids, singles) => {
  const set = await openSet(page, name);
  const found = ids.map(() => "never told");
  const onSpectrum = (spectrum, i) => (found[i] = told(spectrum));
  await set.readMany(
    ids.map((id) => set.parseId(id)),
    { singles, onSpectrum },
  );
  return found;
};
const has = async (name, ids) => {
  const set = await openSet(page, name);
  return set.has(ids.map((id) => set.parseId(id)));
};
const exported = async (name, id) => {
  const set = await openSet(page, name);
  const spectrum = await set.read(set.parseId(id), { singles: true });
  const about = {
    release: page.release.id,
    cite: "光 'x'",
    date: "2026-01-01T00:00:00Z",
  };
  const fits = packed(spectrumFits(spectrum, about)).bytes;
  return { fits, csv: spectrumCsv(spectrum, about) };
};
globalThis.bench = {
  exported,
  page,
  asked,
  read,
  readMany,
  has,
  openSet,
  usePickedSpectra,
  byId: async (...asked) => (await rowsById(page, ...asked)).map(plain),
  inPart: async (name, column, ids, options) => {
    const rows = await rowsById(page, name, column, ids, options);
    const first = rows.map(plain);
    await complete(rows);
    return [first, rows.map(plain)];
  },
  near: async (...asked) =>
    (await rowsNear(page, ...asked)).map(({ row, separation }) => ({
      ...plain(row),
      separation,
    })),
};
document.getElementById("files").addEventListener("change", (event) => {
  bench.files = [...event.target.files];
});
