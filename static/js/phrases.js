// @ts-check
/**
 * Phrases with blanks to begin a note with: the house's, from the page of the audit that is in the offline pack, and
 * one's own, which this phone keeps by account. Those that fit the chosen clauses and ways of evidence come first.
 * Loaded when somebody opens the fold for the first time.
 *
 * @typedef {{text: string, clauses: string[], evidence: string[], own?: boolean}} Phrase clauses are `scheme number`
 * @typedef {{clauses: () => string[], evidence: () => string[]}} Chosen
 */

import { BLANK, toBlank } from "./blanks.js";
import { el, icon } from "./dom.js";
import { database, write } from "./store.js";
import { say } from "./texts.js";

const SHOWN = 6;
/** A blank as it is seen: never broken across lines. */
const SEEN = "＿\u2060＿";
const KEY = "phrases/";

export class Phrases {
  /**
   * @param {HTMLElement} root `[data-phrases]`, which names the page they stand on
   * @param {HTMLTextAreaElement} text
   * @param {Chosen} chosen
   */
  constructor(root, text, chosen) {
    this.root = root;
    this.text = text;
    this.chosen = chosen;
    this.key = KEY + (document.documentElement.dataset.account ?? "");
    this.all = false;
    /** @type {Phrase[] | undefined} */
    this.house = undefined;
    /** @type {string[]} */
    this.own = [];
  }

  async open() {
    // Asked for once: the list of the last time is here meanwhile, and would be drawn anew under a finger.
    this.house ??= await this.#ofHouse();
    this.own = await this.#ofMine(); // last: what was dropped while the house's were on their way stays dropped
    this.draw();
  }

  /** @returns {Promise<Phrase[] | undefined>} undefined where the page is neither reached nor kept */
  async #ofHouse() {
    const text = await fetch(this.root.dataset.phrases ?? "")
      .then((answer) => (answer.ok ? answer.text() : undefined))
      .catch(() => undefined);
    if (text === undefined) return undefined;
    const page = new DOMParser().parseFromString(text, "text/html");
    return [.../** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-phrase]"))].map(({ dataset }) => ({
      text: dataset.phrase ?? "",
      clauses: (dataset.clauses ?? "").split(",").filter(Boolean),
      evidence: (dataset.evidence ?? "").split(",").filter(Boolean),
    }));
  }

  /** @returns {Promise<string[]>} */
  async #ofMine() {
    return (await (await database()).get("meta", this.key)) ?? [];
  }

  draw() {
    const ranked = [...this.own.map((text) => ({ text, clauses: [], evidence: [], own: true })), ...this.#byFit()];
    const shown = this.all ? ranked : ranked.slice(0, this.own.length + SHOWN);
    const rows = shown.map((phrase) => this.#row(phrase));
    const more = this.#button("next", say("phrases.all", { n: ranked.length }), () => {
      this.all = true;
      this.draw();
    });
    const keep = this.#button("plus", say("phrases.keep"), () => void this.#keep());
    keep.dataset.keepPhrase = "";
    const list = el("ul", { class: "stack tight" }, ...rows);
    this.root.replaceChildren(
      ...(rows.length ? [list] : [el("p", { class: "mute" }, say("phrases.none"))]),
      el("p", { class: "flex" }, ...(shown.length < ranked.length ? [more] : []), keep),
    );
  }

  /** The house's, those of the chosen clauses and evidence first. */
  #byFit() {
    const clauses = this.chosen.clauses();
    const evidence = this.chosen.evidence();
    /** @param {Phrase} phrase */
    const fit = (phrase) =>
      (phrase.clauses.some((own) => clauses.some((code) => `${code}.`.startsWith(`${own}.`))) ? 4 : 0) +
      (phrase.evidence.some((kind) => evidence.includes(kind)) ? 2 : 0) +
      (phrase.clauses.length ? 0 : 1);
    return (this.house ?? [])
      .map((phrase, place) => ({ phrase, place, fit: fit(phrase) }))
      .sort((one, other) => other.fit - one.fit || one.place - other.place)
      .map(({ phrase }) => phrase);
  }

  /** @param {Phrase} phrase */
  #row({ text, own }) {
    const take = this.#button("", text.replaceAll(BLANK, SEEN), () => this.#take(text));
    take.dataset.takePhrase = "";
    const drop = this.#button("x", "", () => void this.#keepAll(this.own.filter((kept) => kept !== text)));
    drop.className = "ib";
    drop.setAttribute("aria-label", say("phrases.drop"));
    return el("li", { class: "phrase" }, take, ...(own ? [drop] : []));
  }

  /** What was chosen is in the text, where the work goes on. @param {string} text */
  #take(text) {
    const fold = this.root.closest("details");
    if (fold) fold.open = false;
    insert(this.text, text);
  }

  /** @param {string} symbol @param {string} words @param {() => void} act */
  #button(symbol, words, act) {
    const button = el("button", { class: "btn", type: "button" }, ...(symbol ? [icon(symbol)] : []), words);
    button.addEventListener("click", act);
    return button;
  }

  /** What is written now becomes a phrase of one's own: its numbers are what differs next time. */
  #keep() {
    const text = this.text.value.trim().replaceAll(/\d+(?:[.:]\d+)*/g, BLANK);
    if (!text || this.own.includes(text)) return undefined;
    return this.#keepAll([text, ...this.own]);
  }

  /** @param {string[]} own */
  async #keepAll(own) {
    await write(["meta"], (tx) => tx.objectStore("meta").put(own, this.key));
    this.own = own;
    this.draw();
  }
}

/**
 * Put a phrase where the cursor stands, on a line of its own, and select its first blank.
 * @param {HTMLTextAreaElement} field
 * @param {string} phrase
 */
export function insert(field, phrase) {
  const { selectionStart: at, selectionEnd: end, value } = field;
  const before = at && !value.slice(0, at).endsWith("\n") ? "\n" : "";
  field.setRangeText(before + phrase, at, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!toBlank(field, at)) field.focus();
}
