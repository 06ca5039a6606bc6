// @ts-check
/**
 * The cards of a note: one group of rows per card, its columns from data.
 *
 * @typedef {import("./rows.js").Column} Column
 * @typedef {{id: string, title: import("./rows.js").Words, columns: Column[], records?: Column[]}} CardType
 * @typedef {{type: string, rows: Record<string, any>[]}} Card
 */

import { el, focusFirst, icon, status } from "./dom.js";
import { Rows } from "./rows.js";
import { pageLanguage, say } from "./texts.js";

export class Cards {
  /**
   * @param {HTMLElement} root holds `[data-card-list]` and buttons `[data-add-card]`
   * @param {CardType[]} types
   * @param {() => void} changed
   */
  constructor(root, types, changed) {
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-card-list]"));
    this.types = new Map(types.map((type) => [type.id, type]));
    this.changed = changed;
    /** @type {Map<HTMLElement, {card: Card, rows?: Rows}>} */
    this.open = new Map();
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-add-card]"))) {
      button.addEventListener("click", () => {
        focusFirst(this.#add({ type: button.dataset.addCard ?? "", rows: [] }));
        changed();
      });
    }
    this.list.addEventListener("input", () => this.#warn());
  }

  /** @returns {Card[]} cards with at least one row; of a type this page does not know, as they were */
  get values() {
    return [...this.open.values()]
      .map(({ card, rows }) => ({ ...card, rows: rows ? rows.rows : card.rows }))
      .filter((card) => card.rows.length);
  }

  /** @param {Card[]} cards */
  set(cards) {
    this.open.clear();
    this.list.replaceChildren();
    for (const card of cards) this.#add(card);
    this.#warn();
  }

  /** @param {Card} card @returns {HTMLElement} */
  #add(card) {
    const type = this.types.get(card.type);
    const remove = el("button", { class: "btn", type: "button" }, icon("x"), say("card.remove"));
    const title = type ? type.title[pageLanguage()] || type.title.zh : card.type;
    const rows =
      type &&
      new Rows(type.columns, card.rows, {
        records: type.records?.length ? type.records : undefined,
        onChange: this.changed,
      });
    const group = el(
      "fieldset",
      { class: "box stack" },
      el("legend", { class: "vh" }, title),
      el("p", { class: "flex between" }, el("strong", {}, title), remove),
      ...(rows ? [rows.element] : []),
      el("p", { "data-warning": "" }),
    );
    remove.addEventListener("click", () => {
      this.open.delete(group);
      group.remove();
      this.changed();
    });
    this.open.set(group, { card, rows });
    this.list.append(group);
    return group;
  }

  /** Records listed below a sample may be more or fewer than it says: said, never corrected. */
  #warn() {
    for (const [group, { rows }] of this.open) {
      const differing = (rows?.rows ?? []).filter(
        (row) => row.records?.length && Number.parseInt(row.n, 10) !== row.records.length,
      );
      const warnings = differing.map((row) =>
        status("wait", "warn", say("records.differ", { n: row.n ?? "—", listed: row.records.length })),
      );
      group.querySelector("[data-warning]")?.replaceChildren(...warnings);
    }
  }
}
