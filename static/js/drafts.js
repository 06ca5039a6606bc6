// @ts-check
/**
 * Forms as they were at the last pause, so that a page killed by the phone loses nothing that was typed.
 *
 * @typedef {import("./store.js").Draft} Draft
 */

import { isoWithOffset } from "./clock.js";
import { owner } from "./outbox.js";
import { database, write } from "./store.js";

/**
 * @param {string} key what the form is about; unique within an account
 * @param {string} audit
 * @param {any} form anything that can be cloned
 * @param {boolean} camera whether a camera outside the page is being opened now
 */
export function saveDraft(key, audit, form, camera) {
  const draft = { key: ownKey(key), account: owner().account, audit, saved_at: isoWithOffset(), camera, form };
  return write(["drafts"], (tx) => tx.objectStore("drafts").put(draft));
}

/** @param {string} key @returns {Promise<Draft | undefined>} */
export async function loadDraft(key) {
  return (await database()).get("drafts", ownKey(key));
}

/** @param {string} key */
export function dropDraft(key) {
  return write(["drafts"], (tx) => tx.objectStore("drafts").delete(ownKey(key)));
}

/** The key as stored: drafts of two accounts on one phone never mix. @param {string} key */
export function ownKey(key) {
  return `${owner().account}/${key}`;
}
