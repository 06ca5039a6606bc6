// @ts-check
/**
 * An entry as it is kept: serialised once, with what has to arrive before it.
 *
 * @typedef {import("./store.js").StoredEntry} StoredEntry
 *
 * @typedef {object} NewEntry
 * @property {string} kind
 * @property {string} audit
 * @property {Record<string, any>} body
 * @property {string} [id]
 * @property {string} [object] defaults to what the body is about, else to the entry itself
 */

import { isoWithOffset } from "./clock.js";
import { uuid7 } from "./uuid7.js";

/** The largest entry the server takes, in bytes of UTF-8; anything larger is a file, not a note. */
const MAX_BYTES = 64 * 1024;
/** A copied entry holds another one as a string, in which every quotation mark takes two bytes. */
const MAX_COPIED_BYTES = 2 * MAX_BYTES + 4096;
const UTF8 = new TextEncoder();

/** An entry is larger than the server would ever take. Nothing was stored; the form still holds the text. */
export class TooLarge extends Error {}

/**
 * What is sent of an entry. Half a character, left by a cut between its halves, is no text: no server could take it.
 * @param {Record<string, any>} entry
 * @returns {string}
 */
export function serialise(entry) {
  return JSON.stringify(entry, (_, value) => (typeof value === "string" && value.toWellFormed ? value.toWellFormed() : value));
}

/**
 * @param {NewEntry} entry
 * @param {{account: string, device: string}} owner
 * @returns {Omit<StoredEntry, "n">} everything but its place
 * @throws {TooLarge}
 */
export function toRow({ kind, audit, body, id = uuid7(), object }, { account, device }) {
  const raw = serialise({ kind, id, audit, made_at: isoWithOffset(), by: account, device, body });
  checkSize(raw, kind === "copied" ? MAX_COPIED_BYTES : MAX_BYTES);
  return {
    id,
    account,
    audit,
    kind,
    raw,
    attempted: false,
    state: "waiting",
    reason: "",
    detail: "",
    object: object ?? body.target ?? body.observation ?? id,
    needs: references(body),
  };
}

/** @param {string} raw @param {number} [most] */
export function checkSize(raw, most = MAX_BYTES) {
  const size = UTF8.encode(raw).length;
  if (size > most) throw new TooLarge(`${size} bytes`);
}

/**
 * Entries that a body names.
 * @param {Record<string, any>} body
 * @returns {string[]}
 */
export function references({ target, bases = [], observation, finding, photo, observations = [], sources = [] }) {
  const named = [
    target,
    photo,
    ...bases,
    observation,
    finding,
    ...observations,
    ...sources,
    ...(finding?.observations ?? []),
  ];
  return named.filter((id) => typeof id === "string" && id);
}
