/** The heads of a table: press to sort, drag to move, drag the edge to resize; each also by keyboard. Below them the filters. */
import { t } from "../../shared/strings.js";
import { isNumeric } from "../format.js";
import { rove } from "../../shared/roving.js";
import { tickBox } from "./line.js";

/**
 * @typedef {import("../export/votable.js").Field} Field
 * @typedef {{column: string, descending: boolean}} Order
 * @typedef {object} HeadHandlers
 * @property {(column: string, further: boolean) => void} onSort further: in addition to the columns already sorted by
 * @property {(column: string, text: string) => void} onFilter
 * @property {(column: string, before: string | null) => void} onMove null: to the end
 * @property {(column: string, by: number | null) => void} onWiden pixels; null: as wide as its contents
 * @property {() => void} onTick mark all that match, or none
 */

/** Pixels that the pointer may move before a press is a drag, and the step by keyboard. */
const STRAY = 6;
const STEP = 16;

/**
 * @param {HTMLTableElement} table
 * @param {Field[]} fields @param {number} tools cells in front of the values
 * @param {Map<string, string>} filters texts of the fields, by column; no field for columns without an entry
 * @param {HeadHandlers} handlers
 */
export function makeHead(table, fields, tools, filters, handlers) {
  const head = table.createTHead();
  const names = head.insertRow();
  names.ariaRowIndex = "1";
  const below = head.insertRow();
  below.ariaRowIndex = "2";
  below.className = "filters";
  for (let i = 0; i < tools; i++) {
    for (const line of [names, below]) line.append(corner(i));
  }
  const box = tickBox(t("Mark all rows that match"));
  box.tabIndex = 0;
  names.cells[0].append(box);
  box.addEventListener("change", () => handlers.onTick());
  fields.forEach((field, i) => {
    const cell = header(field, fields, i, handlers);
    const text = filters.get(field.name);
    const under = below.insertCell();
    if (i === 0) for (const one of [cell, under]) one.classList.add("pinned");
    names.append(cell);
    if (text !== undefined) under.append(filterField(field, text, handlers.onFilter));
  });
  makeDraggable(names, handlers.onMove);
  for (const row of [names, below]) rove(row, "button, input");
  head.addEventListener("keydown", (event) => upAndDown(event, head));
  return { box, names };
}

/** From the head of a column to its filter, and back. @param {KeyboardEvent} event @param {HTMLElement} head */
function upAndDown(event, head) {
  const { key, target } = event;
  const cell = target instanceof Element ? target.closest("th, td") : null;
  const to = { ArrowUp: 0, ArrowDown: 1 }[key];
  if (!(cell instanceof HTMLTableCellElement) || to === undefined || event.altKey) return;
  const row = /** @type {HTMLTableSectionElement} */ (head).rows[to];
  const other = row.cells[cell.cellIndex]?.querySelector("button, input");
  if (!(other instanceof HTMLElement) || other === target) return;
  event.preventDefault();
  other.focus();
}

/** @param {number} number */
function corner(number) {
  const cell = document.createElement("td");
  cell.className = `row-tools tool-${number}`;
  return cell;
}

/** Show the sort order. @param {HTMLTableRowElement} heads @param {Order[]} sort */
export function markSort(heads, sort) {
  for (const cell of heads.querySelectorAll("th")) {
    const at = sort.findIndex(({ column }) => column === cell.dataset.column);
    const button = /** @type {HTMLElement} */ (cell.querySelector(".sort"));
    if (at < 0) cell.removeAttribute("aria-sort");
    else cell.setAttribute("aria-sort", sort[at].descending ? "descending" : "ascending");
    if (at >= 0 && sort.length > 1) button.dataset.rank = String(at + 1);
    else delete button.dataset.rank;
  }
}

/** @param {Field} field @param {Field[]} fields @param {number} index @param {HeadHandlers} handlers */
function header(field, fields, index, { onSort, onMove, onWiden }) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.dataset.column = field.name;
  if (isNumeric(field.type)) cell.className = "num";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.textContent = field.name;
  const keys = [
    t("Shift: sort by several columns"),
    t("Drag or Ctrl+← →: move the column; Shift+← →: its width"),
  ];
  button.title = [field.description, field.ucd, ...keys].filter(Boolean).join("\n");
  button.addEventListener("click", (event) => onSort(field.name, event.shiftKey));
  button.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // not every browser reports Shift in the click event of Enter
    if (event.key === "Enter" && event.shiftKey) onSort(field.name, true);
    else if (way && event.shiftKey) onWiden(field.name, way * STEP);
    else if (way && (event.ctrlKey || event.metaKey)) {
      const to = index + (way < 0 ? -1 : 2);
      if (to >= 0 && to <= fields.length) onMove(field.name, fields[to]?.name ?? null);
    } else return;
    event.preventDefault();
  });
  const unit = document.createElement("span");
  unit.className = "unit";
  unit.textContent = field.unit ?? "";
  if (field.unit) unit.setAttribute("aria-label", t("unit {unit}", { unit: field.unit }));
  cell.append(button, unit, edge(field.name, onWiden));
  return cell;
}

/** The edge to drag. @param {string} name @param {HeadHandlers["onWiden"]} onWiden */
function edge(name, onWiden) {
  const grip = document.createElement("span");
  grip.className = "col-edge";
  grip.ariaHidden = "true";
  /** @type {number | null} */
  let from = null;
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = event.clientX;
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
    event.stopPropagation();
  });
  grip.addEventListener("pointermove", (event) => {
    if (from === null) return;
    onWiden(name, event.clientX - from);
    from = event.clientX;
  });
  const leave = () => (from = null);
  grip.addEventListener("pointerup", leave);
  grip.addEventListener("pointercancel", leave);
  grip.addEventListener("dblclick", () => onWiden(name, null));
  return grip;
}

/** @param {HTMLTableRowElement} heads @param {HeadHandlers["onMove"]} onMove */
function makeDraggable(heads, onMove) {
  /** @type {{cell: HTMLTableCellElement, x: number, dragging: boolean} | null} */
  let drag = null;
  let dropped = false;
  /** Where the column would go. @param {number} x @returns {HTMLTableCellElement | null} null: to the end */
  const before = (x) =>
    [...heads.querySelectorAll("th")].find((cell) => {
      const { left, width } = cell.getBoundingClientRect();
      return x < left + width / 2;
    }) ?? null;
  /** @param {number | null} x */
  const mark = (x) => {
    const cells = [...heads.querySelectorAll("th")];
    const at = x === null ? undefined : before(x);
    cells.forEach((cell, i) => {
      cell.classList.toggle("drop-before", cell === at);
      cell.classList.toggle("drop-after", at === null && i === cells.length - 1);
    });
  };
  heads.addEventListener("pointerdown", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("th") : null;
    // touch scrolls the table
    if (cell && event.button === 0 && event.pointerType !== "touch")
      drag = { cell, x: event.clientX, dragging: false };
  });
  const move = (/** @type {PointerEvent} */ event) => {
    if (!drag) return;
    if (!drag.dragging && Math.abs(event.clientX - drag.x) < STRAY) return;
    if (!drag.dragging) {
      drag.dragging = true;
      drag.cell.classList.add("dragged");
      heads.setPointerCapture(event.pointerId);
    }
    mark(event.clientX);
  };
  const drop = (/** @type {PointerEvent} */ event) => {
    if (!drag) return;
    const { cell, dragging } = drag;
    drag = null;
    if (!dragging) return;
    cell.classList.remove("dragged");
    mark(null);
    dropped = true;
    setTimeout(() => (dropped = false));
    if (event.type !== "pointerup") return;
    const to = before(event.clientX);
    if (to !== cell && to !== cell.nextElementSibling)
      onMove(cell.dataset.column ?? "", to?.dataset.column ?? null);
    else if (to === null && cell.nextElementSibling) onMove(cell.dataset.column ?? "", null);
  };
  // the press that ends a drag does not sort
  heads.addEventListener("click", (event) => dropped && event.stopPropagation(), { capture: true });
  heads.addEventListener("pointermove", move);
  heads.addEventListener("pointerup", drop);
  heads.addEventListener("pointercancel", drop);
  heads.addEventListener("lostpointercapture", drop);
}

/** @param {Field} field @param {string} text @param {HeadHandlers["onFilter"]} onFilter */
function filterField(field, text, onFilter) {
  const input = document.createElement("input");
  input.type = "search";
  input.className = "small";
  input.size = 5;
  input.value = text;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.dataset.filter = field.name;
  input.setAttribute("aria-label", t("Filter {name}", { name: field.name }));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const apply = () => {
    clearTimeout(waiting);
    onFilter(field.name, input.value);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 400);
  });
  input.addEventListener("change", apply);
  return input;
}

/**
 * The sort after a head was pressed: ascending, then descending; as a further key it is removed the third time.
 * @param {Order[]} sort @param {string} column @param {boolean} further
 * @returns {Order[]}
 */
export function nextSort(sort, column, further) {
  const now = sort.find((order) => order.column === column);
  if (!further) return [{ column, descending: sort[0] === now && now ? !now.descending : false }];
  if (!now) return [...sort, { column, descending: false }];
  if (now.descending) return sort.filter((order) => order !== now);
  return sort.map((order) => (order === now ? { column, descending: true } : order));
}
