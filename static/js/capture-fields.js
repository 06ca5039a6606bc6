// @ts-check
/**
 * The capture form and what it means: fields ↔ form, and fields ↔ the body of an observation.
 * What the form does not show (marks, elements, label …) is carried over from the content it began with.
 *
 * @typedef {object} Fields everything a person can set; also what a draft holds
 * @property {string} text
 * @property {string} other the text in the other language, where there is one
 * @property {string} outcome
 * @property {string[]} evidence kinds
 * @property {string[]} clauses `scheme number` of the checked ones, in order
 * @property {Record<string, string>} outcomes by clause, where one differs
 * @property {string} department
 * @property {string} area
 * @property {{n: string, population: string, what: string}} sample the quick row of a sampling card
 * @property {{type: string, rows: Record<string, any>[]}[]} cards
 * @property {Record<string, any>[]} people name and role
 *
 * @typedef {Record<string, any>} Content the body of an observation
 */

import { languageOf } from "./language.js";
import { pageLanguage } from "./texts.js";

const SAMPLING = "sampling";

/** @param {Content} content @returns {Fields} */
export function toFields(content) {
  const { text = {}, cards = [], evidence = [], clauses = [], people = [] } = content;
  const main = writtenIn(text);
  const quick = cards.find(isQuickSample);
  const { n = "", population = "", what = "" } = quick?.rows[0] ?? {};
  return {
    text: text[main] ?? "",
    other: text[main === "zh" ? "en" : "zh"] ?? "",
    outcome: content.outcome ?? "",
    evidence: [...new Set(evidence.map((/** @type {any} */ span) => span.kind))],
    clauses: clauses.map(clauseCode),
    outcomes: Object.fromEntries(
      clauses
        .filter((/** @type {any} */ one) => one.outcome)
        .map((/** @type {any} */ one) => [clauseCode(one), one.outcome]),
    ),
    department: content.department ?? "",
    area: content.area ?? "",
    sample: { n: String(n), population: String(population), what: String(what) },
    cards: cards.filter((/** @type {any} */ card) => card !== quick),
    people: people.map((/** @type {any} */ person) => ({
      name: person.name ?? "",
      role: person.role?.[pageLanguage()] || person.role?.zh || person.role?.en || "",
    })),
  };
}

/**
 * The whole observation as it is now.
 * @param {Fields} fields
 * @param {Content} base what it was before; at least `stop`
 * @returns {Content}
 */
export function toContent(fields, base) {
  const content = {
    ...base,
    text: toText(fields, base.text ?? {}),
    outcome: fields.outcome,
    clauses: fields.clauses.map((code) => toClause(code, fields.outcomes[code])),
    evidence: toEvidence(fields.evidence, base.evidence ?? []),
    department: fields.department,
    area: fields.area,
    cards: toCards(fields),
    people: toPeople(fields.people, base.people ?? []),
  };
  return Object.fromEntries(Object.entries(content).filter(([, value]) => !isEmpty(value)));
}

/** Whether there is nothing in it that would be worth a note. @param {Fields} fields */
export function isBlank(fields) {
  return !fields.text.trim() && !fields.outcome && !toCards(fields).length;
}

/** @param {{scheme: string, number: string}} clause */
function clauseCode({ scheme, number }) {
  return `${scheme} ${number}`;
}

/** @param {string} code @param {string | undefined} outcome */
function toClause(code, outcome) {
  const [scheme, number] = code.split(" ");
  return outcome ? { scheme, number, outcome } : { scheme, number };
}

/** @param {Fields} fields @param {Record<string, string>} before */
function toText({ text, other }, before) {
  const main = text.trim() ? languageOf(text) : writtenIn(before);
  return Object.fromEntries(
    [
      [main, text.trim()],
      [main === "zh" ? "en" : "zh", other.trim()],
    ].filter(([, words]) => words),
  );
}

/**
 * The language to show first: the page's, if it was written in it.
 * @param {Record<string, string>} text
 * @returns {"zh" | "en"}
 */
function writtenIn(text) {
  const own = pageLanguage();
  return text[own] || !text[own === "zh" ? "en" : "zh"] ? own : own === "zh" ? "en" : "zh";
}

/**
 * Kinds hold for the whole text; spans that were there stay as long as their kind is checked.
 * @param {string[]} kinds
 * @param {any[]} before
 */
function toEvidence(kinds, before) {
  const kept = before.filter((span) => kinds.includes(span.kind));
  const fresh = kinds.filter((kind) => !kept.some((span) => span.kind === kind));
  return [...kept, ...fresh.map((kind) => ({ kind }))];
}

/** @param {Fields} fields */
function toCards({ sample, cards }) {
  const row = Object.fromEntries(Object.entries(sample).filter(([, value]) => value.trim()));
  const quick = Object.keys(row).length ? [{ type: SAMPLING, rows: [row] }] : [];
  return [...quick, ...cards.filter((card) => card.rows.length)];
}

/** A sampling card that the quick row can show whole. @param {any} card */
function isQuickSample(card) {
  const quick = new Set(["n", "population", "what"]);
  return card.type === SAMPLING && card.rows.length === 1 && Object.keys(card.rows[0]).every((key) => quick.has(key));
}

/** @param {Record<string, any>[]} people @param {any[]} before */
function toPeople(people, before) {
  return people.map(({ name = "", role = "" }, place) => {
    const known = before[place]?.role ?? {};
    const unchanged = role && Object.values(known).includes(role);
    return { name, role: unchanged ? known : role ? { [languageOf(role)]: role } : {} };
  });
}

/** @param {any} value */
function isEmpty(value) {
  return (
    value === "" ||
    value === undefined ||
    value === null ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}
