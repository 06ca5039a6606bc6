// @ts-check
/**
 * The clauses of a note: chips proposed by the page, others found by typing, and an own outcome for each where the
 * note's does not hold for it.
 *
 * @typedef {{code: string, scheme: string, number: string, letter: string, title: string}} Clause `code` is `scheme number`
 */

import { el } from "./dom.js";
import { say } from "./texts.js";

export class ClauseChips {
  /**
   * @param {HTMLElement} root holds `[data-chips]`, `input[data-find]`, `datalist` and `[data-clause-outcomes]`
   * @param {Clause[]} clauses every clause that this audit knows
   * @param {{code: string, word: string}[]} outcomes
   * @param {() => void} changed
   */
  constructor(root, clauses, outcomes, changed) {
    this.chips = /** @type {HTMLElement} */ (root.querySelector("[data-chips]"));
    this.find = /** @type {HTMLInputElement} */ (root.querySelector("input[data-find]"));
    this.differing = /** @type {HTMLElement} */ (root.querySelector("[data-clause-outcomes]"));
    this.clauses = new Map(clauses.map((clause) => [clause.code, clause]));
    this.outcomes = outcomes;
    this.changed = changed;
    this.find.list?.append(
      ...clauses.map((clause) => el("option", { value: clause.letter + clause.number }, clause.title)),
    );
    this.find.addEventListener("change", () => this.#found());
    this.find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#found();
    });
    this.chips.addEventListener("change", () => this.#drawDiffering(this.values.outcomes));
  }

  /** @returns {{clauses: string[], outcomes: Record<string, string>}} what is checked */
  get values() {
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (this.chips.querySelectorAll("input:checked"));
    const selects = /** @type {NodeListOf<HTMLSelectElement>} */ (this.differing.querySelectorAll("select"));
    const clauses = [...boxes].map((box) => box.value);
    const differing = [...selects].filter((select) => select.value && clauses.includes(select.name));
    return { clauses, outcomes: Object.fromEntries(differing.map((select) => [select.name, select.value])) };
  }

  /** @param {string[]} clauses @param {Record<string, string>} outcomes */
  set(clauses, outcomes) {
    for (const box of this.chips.querySelectorAll("input")) box.checked = clauses.includes(box.value);
    for (const code of clauses) this.#check(code);
    this.#drawDiffering(outcomes);
  }

  /** Choose one more. @param {string} code */
  add(code) {
    this.#check(code);
    this.#drawDiffering(this.values.outcomes);
    this.changed();
  }

  #found() {
    const typed = this.find.value.trim().toUpperCase();
    if (!typed) return;
    const clause = [...this.clauses.values()].find(({ letter, number }) => (letter + number).toUpperCase() === typed);
    this.find.setCustomValidity(clause ? "" : say("clause.unknown"));
    this.find.reportValidity();
    if (!clause) return;
    this.find.value = "";
    this.add(clause.code);
  }

  /** Check a clause where it can be seen. @param {string} code */
  #check(code) {
    const known = [...this.chips.querySelectorAll("input")].find((box) => box.value === code);
    if (known) {
      known.checked = true;
      const fold = known.closest("details");
      if (fold) fold.open = true;
      return;
    }
    const [scheme, number] = code.split(" ");
    const letter = this.clauses.get(code)?.letter ?? scheme;
    const box = el("input", { type: "checkbox", name: "clause", value: code, checked: "" });
    this.chips
      .querySelector(".chips")
      ?.append(el("label", {}, box, el("span", { class: "cl" }, el("b", {}, letter), number)));
  }

  /** One choice per checked clause, once there are two. @param {Record<string, string>} chosen */
  #drawDiffering(chosen) {
    const { clauses } = this.values;
    this.differing.replaceChildren(
      ...clauses.map((code) => {
        const clause = this.clauses.get(code);
        const select = el(
          "select",
          { class: "in", name: code },
          el("option", { value: "" }, say("clause.same")),
          ...this.outcomes.map((outcome) => el("option", { value: outcome.code }, outcome.word)),
        );
        select.value = chosen[code] ?? "";
        const label = clause ? clause.letter + clause.number : code;
        return el("label", { class: "field" }, el("span", {}, label), select);
      }),
    );
    const fold = this.differing.closest("details");
    if (fold) {
      fold.hidden = clauses.length < 2;
      fold.open ||= Object.keys(chosen).length > 0;
    }
  }
}
