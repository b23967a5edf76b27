import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import assert from "node:assert/strict";
import { test } from "node:test";
import { namesOfCells, namesOfPython, namesOfRelease } from "../src/notebook/cells/complete.js";

/** The place at the end of a text. @param {string} text @param {boolean} [explicit] asked for by a key */
const at = (text, explicit = false) =>
  new CompletionContext(EditorState.create({ doc: text }), text.length, explicit);

/** @param {any} found */
const labels = (found) => found?.options.map((/** @type {any} */ one) => one.label);

test("catalogues and columns of the release", () => {
  const columns = [
    { name: "snrg", datatype: "float", unit: "" },
    { name: "光谱", datatype: "char" },
  ];
  const offer = namesOfRelease(/** @type {any} */ ([{ name: "lrs", title: "Low", columns }]));
  const found = /** @type {any} */ (offer(at('rows["sn')));
  assert.deepEqual(labels(found), ["lrs", "snrg", "光谱"]);
  assert.equal(found.from, 'rows["'.length);
  assert.equal(/** @type {any} */ (offer(at("x = 光"))).from, "x = ".length);
  assert.equal(offer(at("x = ")), null);
  assert.deepEqual(labels(offer(at("x = ", true))), ["lrs", "snrg", "光谱"]);
});

test("names in the cells, but not the word itself", () => {
  const offer = namesOfCells(() => ["kept = 41\nno = 1", "other_name = kept + ke"]);
  assert.deepEqual(labels(offer(at("print(kep"))), ["kept", "other_name"]);
  assert.deepEqual(labels(offer(at("print(kept"))), ["other_name"]);
  assert.equal(offer(at("print(")), null);
});

test("what Python knows, if it answers", async () => {
  /** @type {[string, number][]} */
  const asked = [];
  const answer = { from: 3, options: [{ label: "linspace" }] };
  const offer = namesOfPython(async (...place) => {
    asked.push(place);
    return JSON.stringify(answer);
  });
  assert.deepEqual(labels(await offer(at("np.lin"))), ["linspace"]);
  assert.deepEqual(asked, [["np.lin", 6]]);
  assert.equal(await offer(at("x = ")), null, "nothing is asked after a space");
  assert.equal(asked.length, 1);
  answer.options = [];
  assert.equal(await offer(at("np.")), null);
  assert.equal(await namesOfPython(async () => null)(at("np.")), null, "Python is busy");
});
