// @ts-check
/**
 * Which clauses a text speaks of, told from curated words, on this phone. The same rules as `server/criteria/suggest`
 * (`words`, `rank`), where they are explained; a test compares both on every labelled sentence.
 *
 * @typedef {object} Model what `suggest.json` holds
 * @property {number[]} levels
 * @property {number} decay
 * @property {number} early
 * @property {number} early_units
 * @property {number} window
 * @property {number} longest
 * @property {Record<string, string[]>} fallback
 * @property {string[][]} topics
 *
 * @typedef {{word: string, start: number, end: number, sentence: number}} Unit
 * @typedef {{key: string, first: number, last: number, second?: [number, number]}} Hit
 * @typedef {{clause: number, weight: number}} Share
 * @typedef {{scheme: string, number: string, score: number, because: string[]}} Suggestion
 */

const UNIT = /[a-z]+(?:'s)?|[0-9]+(?:\.[0-9]+)*|[\u3400-\u9fff]/g;
const STOP = /[。；;！？!?\n]|[.:](?=\s|$)/;
const LATIN = /[a-z0-9]/;
const DOUBLED = /([bdfgmnprt])\1$/;

/** @param {string} text @returns {Unit[]} */
export function units(text) {
  const plain = [...text].map(plainLetter).join("");
  /** @type {Unit[]} */
  const found = [];
  let sentence = 0;
  let end = 0;
  for (const match of plain.matchAll(UNIT)) {
    if (STOP.test(plain.slice(end, match.index))) sentence += 1;
    end = match.index + match[0].length;
    found.push({ word: stem(match[0]), start: match.index, end, sentence });
  }
  return found;
}

/** @param {string} letter */
function plainLetter(letter) {
  const folded = letter.normalize("NFKC").toLowerCase();
  if ([...folded].length === 1 && folded.length === letter.length) return folded === "’" ? "'" : folded;
  return " ".repeat(letter.length);
}

/** @param {string} word */
export function stem(word) {
  if (word < "a" || word > "{") return word;
  const whole = singular(word.replace(/'s$/, ""));
  const shorn = ["ing", "ed", "ion"]
    .filter((ending) => whole.endsWith(ending))
    .map((ending) => whole.slice(0, -ending.length))
    .find((rest) => rest.length > 2 && /[aeiouy]/.test(rest));
  const rest = shorn === undefined ? whole : shorn.replace(DOUBLED, "$1");
  return rest.length > 3 && rest.endsWith("e") ? rest.slice(0, -1) : rest;
}

/** @param {string} word */
function singular(word) {
  if (word.length <= 3) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

/** A blank only where two words of letters or digits meet. @param {string} key @param {string} word */
function joined(key, word) {
  return key && LATIN.test(key[key.length - 1]) && LATIN.test(word[0]) ? `${key} ${word}` : key + word;
}

export class Ranker {
  /** @param {Model} model @param {string[]} schemes */
  constructor(model, schemes) {
    this.model = model;
    /** @type {{scheme: string, number: string}[]} */
    this.clauses = [];
    /** @type {Map<string, number>} */
    this.places = new Map();
    /** @type {Map<string, Share[]>} */
    this.words = new Map();
    /** @type {Map<string, string[]>} */
    this.partners = new Map();
    const wanted = [...new Set(schemes)];
    this.fallback = wanted.flatMap((scheme) => (model.fallback[scheme] ?? []).map((number) => `${scheme} ${number}`));
    for (const [term, weights] of this.#weights(new Set(wanted))) this.#add(term, weights);
  }

  /** @param {Set<string>} wanted */
  #weights(wanted) {
    /** @type {Map<string, Map<number, number>>} */
    const weights = new Map();
    for (const [codes, ...levels] of this.model.topics) {
      const places = codes
        .split("|")
        .filter((code) => wanted.has(code.split(" ")[0]))
        .map((code) => this.#place(code));
      if (!places.length) continue;
      levels.forEach((terms, at) => {
        for (const term of terms.split("|")) {
          if (!term) continue;
          const shares = weights.get(term) ?? new Map();
          weights.set(term, shares);
          for (const place of places) shares.set(place, Math.max(shares.get(place) ?? 0, this.model.levels[at]));
        }
      });
    }
    for (const code of this.fallback) this.#place(code);
    return weights;
  }

  /** @param {string} code */
  #place(code) {
    const known = this.places.get(code);
    if (known !== undefined) return known;
    const [scheme, number] = code.split(" ");
    this.places.set(code, this.clauses.length);
    return this.clauses.push({ scheme, number }) - 1;
  }

  /** @param {string} term @param {Map<number, number>} weights */
  #add(term, weights) {
    /** @type {Map<string, number>} */
    const sharing = new Map();
    for (const place of weights.keys()) {
      const { scheme } = this.clauses[place];
      sharing.set(scheme, (sharing.get(scheme) ?? 0) + 1);
    }
    this.words.set(
      term,
      [...weights].map(([clause, weight]) => ({
        clause,
        weight: weight / Math.sqrt(sharing.get(this.clauses[clause].scheme) ?? 1),
      })),
    );
    if (!term.includes("+")) return;
    for (const part of term.split("+")) this.partners.set(part, [...(this.partners.get(part) ?? []), term]);
  }

  /** Clauses in falling order of worth, at least `least`. @param {string} text @returns {Suggestion[]} */
  rank(text, least = 3) {
    const found = units(text);
    /** @type {Map<number, {weight: number, first: number, said: string}[]>} */
    const worth = new Map();
    for (const hit of this.#counted(this.#hits(found), found)) {
      const early = Math.max(0, 1 - hit.first / this.model.early_units) * this.model.early;
      const word = { first: hit.first, said: said(text, found, hit) };
      for (const { clause, weight } of this.words.get(hit.key) ?? [])
        worth.set(clause, [...(worth.get(clause) ?? []), { weight: weight * (1 + early), ...word }]);
    }
    const ranked = [...worth].map(([place, words]) => ({ place, ...this.#suggestion(place, words) }));
    ranked.sort((a, b) => b.score - a.score || a.place - b.place);
    return this.#filled(ranked, least);
  }

  /** @param {number} place @param {{weight: number, first: number, said: string}[]} words @returns {Suggestion} */
  #suggestion(place, words) {
    words.sort((a, b) => b.weight - a.weight || a.first - b.first || compare(a.said, b.said));
    let score = 0;
    let factor = 1;
    for (const { weight } of words) {
      score += weight * factor;
      factor *= this.model.decay;
    }
    return { ...this.clauses[place], score, because: [...new Set(words.map((word) => word.said))] };
  }

  /** @param {Suggestion[]} ranked @param {number} least */
  #filled(ranked, least) {
    const known = new Set(ranked.map(({ scheme, number }) => `${scheme} ${number}`));
    const spare = this.fallback.filter((code) => !known.has(code)).slice(0, Math.max(0, least - ranked.length));
    return [
      ...ranked.map(({ scheme, number, score, because }) => ({ scheme, number, score, because })),
      ...spare.map((code) => ({ scheme: code.split(" ")[0], number: code.split(" ")[1], score: 0, because: [] })),
    ];
  }

  /** @param {Unit[]} found @returns {Hit[]} */
  #hits(found) {
    const hits = [];
    for (let first = 0; first < found.length; first += 1) {
      let key = "";
      const here = [];
      for (let last = first; last < Math.min(found.length, first + this.model.longest); last += 1) {
        key = joined(key, found[last].word);
        if (this.words.has(key) || this.partners.has(key)) here.push({ key, first, last: last + 1 });
      }
      hits.push(...here.reverse());
    }
    return hits;
  }

  /** @param {Hit[]} hits @param {Unit[]} found @returns {Iterable<Hit>} */
  #counted(hits, found) {
    /** @type {Map<string, Hit>} */
    const counted = new Map();
    let reach = 0;
    for (const hit of hits) {
      if (!this.words.has(hit.key) || hit.last <= reach) continue;
      if (!counted.has(hit.key)) counted.set(hit.key, hit);
      reach = hit.last;
    }
    /** @type {Map<string, Hit[]>} */
    const places = new Map();
    for (const hit of hits)
      if (this.partners.has(hit.key)) places.set(hit.key, [...(places.get(hit.key) ?? []), hit]);
    for (const part of places.keys())
      for (const pair of this.partners.get(part) ?? []) {
        const near = counted.has(pair) ? undefined : this.#near(pair, places, found);
        if (near) counted.set(pair, near);
      }
    return counted.values();
  }

  /** @param {string} pair @param {Map<string, Hit[]>} places @param {Unit[]} found @returns {Hit | undefined} */
  #near(pair, places, found) {
    const [left, right] = pair.split("+");
    for (const one of places.get(left) ?? [])
      for (const other of places.get(right) ?? []) {
        const [first, second] = one.first <= other.first ? [one, other] : [other, one];
        const gap = second.first - first.last;
        if (gap < 0 || gap > this.model.window) continue;
        if (found[first.first].sentence === found[second.first].sentence)
          return { key: pair, first: first.first, last: first.last, second: [second.first, second.last] };
      }
    return undefined;
  }
}

/** @param {string} text @param {Unit[]} found @param {Hit} hit */
function said(text, found, hit) {
  const spans = [[hit.first, hit.last], ...(hit.second ? [hit.second] : [])];
  return spans.map(([first, last]) => text.slice(found[first].start, found[last - 1].end)).join(" … ");
}

/** By code point, as Python compares. @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
