// @ts-check
/**
 * What a text that is being written speaks of: clauses, with the words that led there, and ways of evidence. All are
 * offered below the text; a tap adds one. Nothing that the auditor chose is ever changed.
 *
 * @typedef {import("./suggest.js").Model} Model
 * @typedef {{code: string, scheme: string, number: string, letter: string, title: string}} Clause
 *
 * @typedef {object} Choices what is chosen so far, and choosing one more
 * @property {() => string[]} clauses
 * @property {(code: string) => void} addClause
 * @property {() => string[]} evidence
 * @property {(kind: string) => void} addEvidence
 */

import { el } from "./dom.js";
import { Ranker } from "./suggest.js";

const PAUSE_MS = 150;
const SHOWN = 3;
const WORDS_SHOWN = 3;
/** Below this a clause rests on hints alone. */
const WORTH = 2.5;
/** Beside the first, only what is not far behind it. */
const NEAR = 0.3;

/** @type {[string, RegExp][]} Way of evidence → the words with which such a sentence begins. */
const LEADS = [
  ["document", /查阅|查看|查(?!询)|调阅|\b(?:document|procedure|register|report|plan|read)s?\b/i],
  ["sample", /抽查|抽(?:取|样|看)?\s*\d|抽|\b(?:sample[ds]?|sampled|of \d+ |two of|three of)\b/i],
  ["site", /现场看|看到|看见|看|现场|\b(?:saw|seen|on site|at the machine|stood|lay)\b/i],
  ["interview", /询问|访谈|交谈|问|\b(?:asked|interviewed|told us|explained)\b/i],
  ["measurement", /实测|测得|复测|测量值|测(?:了|量)|\b(?:measured|reading|meter showed)\b/i],
  ["claim", /据称|据说|自述|称(?=[“"：:，])|口头|\b(?:claim(?:s|ed)?|is said|allegedly|according to)\b/i],
];

export class Suggestions {
  /**
   * @param {HTMLElement} root `[data-suggested]`, which names the model
   * @param {HTMLTextAreaElement} text
   * @param {Clause[]} clauses those of this audit
   * @param {Choices} choices
   * @param {Record<string, string>} renumbered clauses that the words name otherwise than this audit's edition
   */
  constructor(root, text, clauses, choices, renumbered = {}) {
    this.root = root;
    this.text = text;
    this.clauses = new Map(clauses.map((clause) => [clause.code, clause]));
    this.choices = choices;
    this.renumbered = renumbered;
    /** @type {Promise<Ranker | undefined> | undefined} */
    this.ranker = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.draw(), PAUSE_MS);
    });
  }

  async draw() {
    const ranker = await this.#ready();
    const text = this.text.value;
    this.root.replaceChildren(...this.#clauses(ranker, text), ...this.#evidence(text));
    this.root.hidden = !this.root.childElementCount;
  }

  /** The words of this audit's schemes; fetched when the first text is written, from this phone's cache. */
  #ready() {
    this.ranker ??= fetch(this.root.dataset.suggested ?? "")
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((model) => new Ranker(model, [...new Set([...this.clauses.values()].map(({ scheme }) => scheme))]))
      .catch(() => {
        this.ranker = undefined; // not here yet: the next pause tries again
        return undefined;
      });
    return this.ranker;
  }

  /** @param {Ranker | undefined} ranker @param {string} text */
  #clauses(ranker, text) {
    const found = ranker?.rank(text, 0) ?? [];
    const least = Math.max(WORTH, (found[0]?.score ?? 0) * NEAR);
    return found
      .filter(({ score }) => score >= least)
      .map(({ scheme, number, because }) => ({ code: `${scheme} ${number}`, because }))
      .map(({ code, because }) => ({ clause: this.clauses.get(this.renumbered[code] ?? code), because }))
      .slice(0, SHOWN)
      .flatMap(({ clause, because }) =>
        clause && !this.choices.clauses().includes(clause.code) ? [this.#offer(clause, because)] : [],
      );
  }

  /** @param {Clause} clause @param {string[]} because */
  #offer({ code, letter, number, title }, because) {
    const words = because.slice(0, WORDS_SHOWN).join("，");
    const offer = el(
      "button",
      { class: "btn", type: "button", "data-suggest": code },
      el("span", { class: "cl" }, el("b", {}, letter), number),
      el("span", {}, title),
      el("small", { class: "mute" }, words),
    );
    offer.addEventListener("click", () => this.#take(offer, () => this.choices.addClause(code)));
    return offer;
  }

  /** @param {string} text */
  #evidence(text) {
    const chosen = this.choices.evidence();
    return LEADS.filter(([kind, words]) => words.test(text) && !chosen.includes(kind)).flatMap(([kind]) => {
      const label = document.querySelector(`input[name="evidence"][value="${kind}"] + strong`);
      if (!label) return [];
      const offer = el("button", { class: "btn", type: "button", "data-suggest-evidence": kind }, label.textContent ?? "");
      offer.addEventListener("click", () => this.#take(offer, () => this.choices.addEvidence(kind)));
      return [offer];
    });
  }

  /** @param {HTMLElement} offer @param {() => void} add */
  #take(offer, add) {
    add();
    offer.remove();
    this.root.hidden = !this.root.childElementCount;
  }
}
