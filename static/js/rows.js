// @ts-check
/**
 * Rows of a card, or of any small table, as form fields: add, copy the last one, delete, paste from a spreadsheet.
 * Cells stay what was typed, as text; a yes/no is a boolean. Empty cells and rows are left out.
 *
 * @typedef {{zh: string, en?: string}} Words
 * @typedef {{key: string, title: Words, type?: string, options?: Words[]}} Column
 * @typedef {Record<string, any>} Row
 */

import { el, focusFirst, icon } from "./dom.js";
import { pageLanguage, say } from "./texts.js";

export class Rows {
  /**
   * @param {Column[]} columns
   * @param {Row[]} rows
   * @param {{records?: Column[], onChange?: () => void}} [options] `records`: columns of single records below each row
   */
  constructor(columns, rows, options = {}) {
    this.columns = columns;
    this.options = options;
    /** @type {Map<HTMLElement, {row: Row, records?: Rows}>} */
    this.lines = new Map();
    this.list = el("ol", { class: "stack" });
    const add = el("button", { class: "btn", type: "button" }, say("row.add"));
    const copy = el("button", { class: "btn", type: "button" }, say("row.copy"));
    add.addEventListener("click", () => this.#added(this.#line({})));
    copy.addEventListener("click", () => this.#added(this.#line(this.rows.at(-1) ?? {})));
    this.element = el("div", { class: "stack" }, this.list, el("p", { class: "flex" }, add, copy));
    this.element.addEventListener("paste", (event) => this.#paste(event));
    for (const row of rows.length ? rows : [{}]) this.#line(row);
  }

  /** What was typed, without empty rows. @returns {Row[]} */
  get rows() {
    return [...this.lines].map(([line, kept]) => this.#read(line, kept)).filter((row) => Object.keys(row).length);
  }

  /** @param {HTMLElement} line */
  #added(line) {
    focusFirst(line);
    this.options.onChange?.();
  }

  /** @param {Row} row @returns {HTMLElement} */
  #line(row) {
    const remove = el("button", { class: "ib", type: "button", "aria-label": say("row.remove") }, icon("x"));
    const fields = this.columns.map((column) => this.#field(column, row[column.key]));
    const line = el("li", { class: "card-row" }, el("div", { class: "card-cells" }, ...fields), remove);
    const records =
      this.options.records && new Rows(this.options.records, row.records ?? [], { onChange: this.options.onChange });
    if (records) {
      const fold = el("details", {}, el("summary", { class: "small mute" }, say("records")), records.element);
      fold.open = Boolean(row.records?.length);
      line.append(fold);
    }
    remove.addEventListener("click", () => {
      this.lines.delete(line);
      line.remove();
      this.options.onChange?.();
    });
    this.lines.set(line, { row, records });
    this.list.append(line);
    return line;
  }

  /** @param {Column} column @param {unknown} value */
  #field(column, value) {
    const title = column.title[pageLanguage()] || column.title.zh;
    return el("label", { class: "field" }, el("span", {}, title), this.#control(column, value));
  }

  /** @param {Column} column @param {any} value */
  #control({ key, type = "text", options = [] }, value) {
    const common = { class: "in", "data-key": key };
    if (type === "bool" || type === "choice") {
      const choices =
        type === "bool"
          ? [
              ["true", say("yes")],
              ["false", say("no")],
            ]
          : options.map((option) => [option.zh || option.en || "", option[pageLanguage()] || option.zh]);
      const select = el(
        "select",
        common,
        el("option", { value: "" }, "—"),
        ...choices.map(([code, words]) => el("option", { value: code }, words)),
      );
      if (value !== undefined && value !== "" && !choices.some(([code]) => code === String(value)))
        select.append(el("option", { value: String(value) }, String(value)));
      select.value = value === undefined ? "" : String(value);
      return select;
    }
    const kind = type === "date" && /^(?:\d{4}-\d\d-\d\d)?$/.test(value ?? "") ? "date" : "text";
    const input = el("input", { ...common, type: kind, ...(type === "number" ? { inputmode: "decimal" } : {}) });
    input.value = value === undefined || value === null ? "" : String(value);
    return input;
  }

  /** @param {HTMLElement} line @param {{row: Row, records?: Rows}} kept @returns {Row} */
  #read(line, { row, records }) {
    const known = new Set([...this.columns.map((column) => column.key), "records"]);
    const rest = Object.fromEntries(Object.entries(row).filter(([key]) => !known.has(key)));
    for (const { key, type } of this.columns) {
      const control = /** @type {HTMLInputElement} */ (line.querySelector(`.card-cells [data-key="${key}"]`));
      const typed = control.value.trim();
      if (typed) rest[key] = type === "bool" ? typed === "true" : unchanged(row[key], typed);
    }
    const listed = records?.rows ?? [];
    return listed.length ? { ...rest, records: listed } : rest;
  }

  /**
   * Cells copied from a spreadsheet fill from the cell they are pasted in, over as many rows as they have.
   * @param {ClipboardEvent} event
   */
  #paste(event) {
    const cell = /** @type {HTMLElement} */ (event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const at = this.columns.findIndex(({ key }) => key === cell.dataset?.key);
    const inner = /** @type {HTMLElement | null} */ (cell.closest("ol")) !== this.list;
    if (at < 0 || inner || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const pasted = text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map((line) => line.split("\t"));
    if (this.#isHeading(pasted[0])) pasted.shift();
    const lines = [...this.lines.keys()];
    let next = lines.indexOf(/** @type {HTMLElement} */ (cell.closest("li")));
    for (const cells of pasted) {
      const line = lines[next++] ?? this.#line({});
      cells.forEach((value, place) => fill(line, this.columns[at + place], value));
    }
    this.options.onChange?.();
  }

  /** Whether the first line pasted is the table's own heading. @param {string[]} cells */
  #isHeading(cells) {
    const titles = new Set(this.columns.flatMap(({ title }) => [title.zh, title.en]));
    return cells.every((cell) => titles.has(cell.trim()));
  }
}

/** @param {HTMLElement} line @param {Column | undefined} column @param {string} value */
function fill(line, column, value) {
  const control = column && /** @type {HTMLInputElement | null} */ (line.querySelector(`[data-key="${column.key}"]`));
  if (!control) return;
  if (control.type === "date") control.type = "text"; // a spreadsheet's date stays as it was written
  if (control instanceof HTMLSelectElement) {
    const option = [...control.options].find((one) => one.text === value.trim() || one.value === value.trim());
    if (option) control.value = option.value;
    return;
  }
  control.value = value.trim();
}

/** A number that nobody touched stays a number. @param {unknown} before @param {string} typed */
function unchanged(before, typed) {
  return String(before) === typed ? before : typed;
}
