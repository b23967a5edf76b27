/**
 * A search form for tests: a catalogue of some columns with positions.
 * @param {Record<string, string>} columns datatypes by name
 * @returns {import("../src/search/columns.js").Form}
 */
export const formOf = (columns) => ({
  name: "lrs",
  rows: 10,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: Object.entries(columns).map(([name, datatype]) => ({ name, datatype })),
});
