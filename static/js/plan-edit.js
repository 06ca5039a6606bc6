// @ts-check
/**
 * What a change does to the stops of a plan: pure, so that it can be tried without a page.
 *
 * @typedef {Record<string, any>} Stop a stop as `configured` entries have it
 * @typedef {{key: string, name: string, heads: string[], value: Stop, slim?: boolean}} Planned `slim`: start and
 *   position alone
 * @typedef {object} Plan
 * @property {string} audit
 * @property {string} at the stop where one stands
 * @property {string} me the viewer's principal, if in the team
 * @property {string} offset of the audit's zone, `+08:00`
 * @property {Planned[]} stops in plan order
 * @property {Record<string, {before: Record<string, Stop | null>}>} changes that can be undone
 * @property {Record<string, string>} words
 *
 * @typedef {object} Edit
 * @property {string} kind
 * @property {Record<string, Stop | null>} before by key; null: not there
 * @property {Record<string, Stop | null>} after
 * @property {string} [undoes]
 */

const MINUTE = 60_000;
const NEW_MINUTES = 30;
const ROUND_MINUTES = 5;

/** Somebody else goes there. @param {Plan} plan @param {string} key @param {string[]} auditors @returns {Edit} */
export function swap(plan, key, auditors) {
  return one("swap", plan, key, (stop) => ({ ...stop, auditors }));
}

/** Nobody goes there. @param {Plan} plan @param {string} key @returns {Edit} */
export function skip(plan, key) {
  return one("skip", plan, key, (stop) => ({ ...stop, status: "skipped" }));
}

/**
 * It begins at another moment and lasts as long, or until `end`.
 * @param {Plan} plan @param {string} key @param {string} start @param {string} [end] ISO moments
 * @returns {Edit}
 */
export function move(plan, key, start, end) {
  return one("move", plan, key, (stop) => {
    const length = stop.start && stop.end ? Date.parse(stop.end) - Date.parse(stop.start) : NEW_MINUTES * MINUTE;
    const until = end || moment(Date.parse(start) + length, offsetOf(start));
    return { ...stop, start, end: until, position: positionFor(plan, key, start) };
  });
}

/**
 * Two stops of the same, each for half of the time; the second may be somebody else's.
 * @param {Plan} plan @param {string} key @param {string} second key of the new stop
 * @param {{auditors?: string[], process?: Record<string, string>}} [other]
 * @returns {Edit}
 */
export function split(plan, key, second, other = {}) {
  const stop = valueOf(plan, key);
  const first = { ...stop };
  /** @type {Stop} */
  const rest = { ...stop, ...other, label: stop.label ? `${stop.label}-2` : "" };
  if (stop.start && stop.end) {
    const half = Math.round((Date.parse(stop.end) - Date.parse(stop.start)) / 2 / MINUTE / ROUND_MINUTES);
    const middle = later(stop.start, half * ROUND_MINUTES);
    first.end = middle;
    rest.start = middle;
  }
  return { kind: "split", before: { [key]: stop, [second]: null }, after: { [key]: first, [second]: rest } };
}

/** It is audited together with another one. @param {Plan} plan @param {string} key @param {string} into @returns {Edit} */
export function merge(plan, key, into) {
  const [stop, target] = [valueOf(plan, key), valueOf(plan, into)];
  const joined = {
    ...target,
    auditors: [...new Set([...(target.auditors ?? []), ...(stop.auditors ?? [])])],
    clauses: unique([...(target.clauses ?? []), ...(stop.clauses ?? [])]),
    process: both(target.process, stop.process),
    ...spanOf(target, stop),
  };
  const left = { ...stop, status: "merged", clauses: [] };
  return { kind: "merge", before: { [key]: stop, [into]: target }, after: { [key]: left, [into]: joined } };
}

/**
 * One more stop, from now on for half an hour.
 * @param {Plan} plan @param {string} key of the new stop @param {string} department @param {number} now
 * @returns {Edit}
 */
export function add(plan, key, department, now) {
  const start = moment(Math.ceil(now / MINUTE / ROUND_MINUTES) * ROUND_MINUTES * MINUTE, plan.offset);
  const stop = {
    type: "audit",
    department,
    auditors: plan.me ? [plan.me] : [],
    start,
    end: later(start, NEW_MINUTES),
    position: positionFor(plan, key, start),
  };
  return { kind: "add", before: { [key]: null }, after: { [key]: stop } };
}

/** As it was before a change. @param {Plan} plan @param {string} change its key @returns {Edit} */
export function undo(plan, change) {
  const after = plan.changes[change].before;
  const before = Object.fromEntries(
    Object.keys(after).map((key) => [key, plan.stops.find((stop) => stop.key === key)?.value ?? null]),
  );
  return { kind: "undo", before, after, undoes: change };
}

/** So many minutes later, written with the same offset. @param {string} iso @param {number} minutes */
export function later(iso, minutes) {
  return moment(Date.parse(iso) + minutes * MINUTE, offsetOf(iso));
}

/** The same time on another day. @param {string} iso @param {string} day ISO */
export function onDay(iso, day) {
  return day + iso.slice(10);
}

/** An ISO moment with an offset. @param {number} time @param {string} offset `+08:00` */
export function moment(time, offset) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? ["", "+", "0", "0"];
  const shift = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  return new Date(time + shift * MINUTE).toISOString().slice(0, 19) + offset;
}

/** @param {string} iso */
function offsetOf(iso) {
  return /[+-]\d\d:\d\d$/.exec(iso)?.[0] ?? "+00:00";
}

/** @param {string} kind @param {Plan} plan @param {string} key @param {(stop: Stop) => Stop} change @returns {Edit} */
function one(kind, plan, key, change) {
  const stop = valueOf(plan, key);
  return { kind, before: { [key]: stop }, after: { [key]: change(stop) } };
}

/** @param {Plan} plan @param {string} key @returns {Stop} */
function valueOf(plan, key) {
  const found = plan.stops.find((stop) => stop.key === key);
  if (!found) throw new Error(`no stop ${key}`);
  return found.value;
}

/**
 * The place of the last stop that begins no later: stops of one place are in the order of their times.
 * @param {Plan} plan @param {string} key @param {string} start
 */
function positionFor(plan, key, start) {
  const others = plan.stops.filter((stop) => stop.key !== key && stop.value.start);
  const earlier = others.filter((stop) => Date.parse(stop.value.start) <= Date.parse(start));
  const beside = earlier.at(-1) ?? others[0];
  return beside?.value.position ?? 0;
}

/** @param {Stop} target @param {Stop} stop one span, where the two touch */
function spanOf(target, stop) {
  if (!target.start || !target.end || !stop.start || !stop.end) return {};
  const [a, b, c, d] = [target.start, target.end, stop.start, stop.end].map((iso) => Date.parse(iso));
  if (c > b || a > d) return {};
  return { start: c < a ? stop.start : target.start, end: d > b ? stop.end : target.end };
}

/** @param {{scheme: string, number: string}[]} clauses */
function unique(clauses) {
  return [...new Map(clauses.map((clause) => [`${clause.scheme} ${clause.number}`, clause])).values()];
}

/** @param {Record<string, string>} [own] @param {Record<string, string>} [other] */
function both(own = {}, other = {}) {
  const joined = { zh: [own.zh, other.zh], en: [own.en, other.en] };
  return Object.fromEntries(
    Object.entries(joined)
      .map(([lang, parts]) => [lang, parts.filter(Boolean).join(lang === "zh" ? "；" : "; ")])
      .filter(([, words]) => words),
  );
}
