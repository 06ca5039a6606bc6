// @ts-check
/**
 * The fields of the capture page: reading them, filling them, and what the page says back.
 *
 * @typedef {import("./capture-fields.js").Fields} Fields
 */

import { BLANK, toBlank } from "./blanks.js";
import { Cards } from "./cards.js";
import { ClauseChips } from "./clause-chips.js";
import { isoWithOffset } from "./clock.js";
import { el, status } from "./dom.js";
import { download } from "./download.js";
import { Rows } from "./rows.js";
import { Suggestions } from "./suggestions.js";
import { say } from "./texts.js";

export class CaptureForm {
  /** @param {HTMLFormElement} root @param {any} page what the page says for scripts @param {() => void} changed */
  constructor(root, page, changed) {
    this.root = root;
    this.page = page;
    this.changed = changed;
    /** When this note was begun: what is seen is seen then, not when the last word is typed. */
    this.begun = isoWithOffset();
    /** The fields as last kept, for "is there anything unsaved". */
    this.clean = "";
    /** The boxes of the page itself, by name: looked for at each pause they would cost more than all the rest. */
    this.boxes = { outcome: this.#boxes("outcome"), evidence: this.#boxes("evidence") };
    this.cards = new Cards(this.#part("[data-cards]"), page.cards, changed);
    this.clauses = new ClauseChips(this.#part("[data-clauses]"), page.clauses, page.outcomes, changed);
    this.suggestions = new Suggestions(
      this.#part("[data-suggested]"),
      /** @type {HTMLTextAreaElement} */ (root.elements.namedItem("text")),
      page.clauses,
      {
        clauses: () => this.clauses.values.clauses,
        addClause: (code) => this.clauses.add(code),
        evidence: () => this.fields.evidence,
        addEvidence: (kind) => this.#addEvidence(kind),
      },
      page.renumbered,
    );
    /** @type {import("./phrases.js").Phrases | undefined} */
    this.phrases = undefined;
    this.#offerPhrases();
    root.addEventListener("input", changed);
    root.addEventListener("change", changed);
  }

  /** Phrases come when they are first asked for; the way to the next blank shows while there is one. */
  #offerPhrases() {
    const text = /** @type {HTMLTextAreaElement} */ (this.root.elements.namedItem("text"));
    const fold = /** @type {HTMLDetailsElement} */ (this.#part("[data-phrase-fold]"));
    const chosen = { clauses: () => this.clauses.values.clauses, evidence: () => this.fields.evidence };
    fold.addEventListener("toggle", async () => {
      if (!fold.open) return;
      const { Phrases } = await import("./phrases.js");
      this.phrases ??= new Phrases(this.#part("[data-phrases]"), text, chosen);
      await this.phrases.open();
    });
    const next = this.#part("[data-next-blank]");
    text.addEventListener("input", () => {
      next.hidden = !text.value.includes(BLANK);
    });
    next.addEventListener("click", () => toBlank(text, text.selectionEnd));
  }

  /** Read one by one: a FormData of the whole would go through hundreds of clauses. @returns {Fields} */
  get fields() {
    const [n, population, what] = ["n", "population", "what"].map((key) => this.#value(`sample.${key}`));
    return {
      text: this.#value("text"),
      other: this.#value("other"),
      outcome: checked(this.boxes.outcome)[0] ?? "",
      evidence: checked(this.boxes.evidence),
      ...this.clauses.values,
      department: this.#value("department"),
      area: this.#value("area"),
      sample: { n, population, what },
      cards: this.cards.values,
      people: this.people?.rows ?? [],
    };
  }

  /** What is in the pictures taken now. */
  get subject() {
    return this.#value("subject");
  }

  /** @param {Fields} fields */
  fill(fields) {
    this.#set("text", fields.text);
    this.#set("other", fields.other);
    this.#part("[data-other]").hidden = !fields.other;
    this.#set("department", fields.department);
    this.#set("area", fields.area);
    for (const key of /** @type {const} */ (["n", "population", "what"]))
      this.#set(`sample.${key}`, fields.sample[key]);
    for (const box of this.boxes.outcome) box.checked = box.value === fields.outcome;
    for (const box of this.boxes.evidence) box.checked = fields.evidence.includes(box.value);
    this.clauses.set(fields.clauses, fields.outcomes);
    this.cards.set(fields.cards);
    this.people = new Rows(this.page.people, fields.people, { onChange: this.changed });
    this.#part("[data-people]").replaceChildren(this.people.element);
    for (const fold of this.root.querySelectorAll("details"))
      fold.open ||=
        fold.querySelector("[data-key], textarea") !== null &&
        Boolean(fields.people.length) &&
        fold.contains(this.people.element);
    this.clean = JSON.stringify(this.fields);
  }

  /** An empty form for the next note. */
  begin() {
    this.begun = isoWithOffset();
    this.#part("[data-restored]").hidden = true;
    this.#part("[data-complaint]").hidden = true;
    void this.suggestions.draw();
    scrollTo(0, 0);
    this.root.querySelector("textarea")?.focus();
  }

  /** A short status in the bar. @param {"ok" | "wait" | "nc"} kind @param {string} icon @param {string} words */
  tell(kind, icon, words) {
    document.querySelector("[data-draft-status]")?.replaceChildren(status(kind, icon, words));
    if (kind === "ok") this.#part("[data-complaint]").hidden = true;
  }

  /** Why nothing was saved. The form keeps everything. @param {string} words */
  complain(words) {
    const note = this.#part("[data-complaint]");
    note.hidden = false;
    /** @type {HTMLElement} */ (note.querySelector("span")).replaceChildren(words);
    note.scrollIntoView({ block: "center" });
  }

  /** Let the person save something as a file, beside a complaint. @param {string} name @param {Blob} blob */
  offer(name, blob) {
    const button = el("button", { class: "btn", type: "button" }, `${say("export.note")} ${name}`);
    button.addEventListener("click", () => download(name, blob));
    this.#part("[data-complaint]").querySelector("span")?.append(" ", button);
  }

  /** Say that a draft was put back, and let go of it on demand. @param {string} words @param {() => void} discard */
  restored(words, discard) {
    const note = this.#part("[data-restored]");
    const button = el("button", { class: "btn", type: "button" }, say("draft.discard"));
    button.addEventListener("click", discard);
    note.hidden = false;
    /** @type {HTMLElement} */ (note.querySelector("span")).replaceChildren(words, " ", button);
    this.clean = ""; // what was restored is not kept yet
  }

  /** @param {string} kind */
  #addEvidence(kind) {
    for (const box of this.boxes.evidence) box.checked ||= box.value === kind;
    this.changed();
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** @param {string} name @returns {HTMLInputElement[]} */
  #boxes(name) {
    return [...this.root.querySelectorAll(`input[name="${name}"]`)].map(
      (box) => /** @type {HTMLInputElement} */ (box),
    );
  }

  /** @param {string} name */
  #value(name) {
    return this.#field(name).value;
  }

  /** @param {string} name @param {string} value */
  #set(name, value) {
    this.#field(name).value = value;
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.root.elements.namedItem(name));
  }
}

/** @param {HTMLInputElement[]} boxes */
function checked(boxes) {
  return boxes.filter((box) => box.checked).map((box) => box.value);
}
