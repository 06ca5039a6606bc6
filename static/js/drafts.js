// @ts-check
/**
 * Forms as they were at the last pause, so that a page killed by the phone loses nothing that was typed.
 *
 * @typedef {import("./store.js").Draft} Draft
 */

import { isoWithOffset } from "./clock.js";
import { owner } from "./owner.js";
import { all, database, isFull, write } from "./store.js";

/** Drafts of pages that were left in the middle of a word, before the next pause. */
const LEFT = "clausewalk-draft/";

/**
 * @param {string} key what the form is about; unique within an account
 * @param {string} audit
 * @param {any} form anything that can be cloned
 * @param {boolean} camera whether a camera outside the page is being opened now
 */
export async function saveDraft(key, audit, form, camera) {
  await keep(draftOf(key, audit, form, camera));
}

/**
 * Keep a draft in the moment in which its page is left. A transaction that begins then is never done in WebKit, so this
 * is the one thing that is written at once, until the next page opens the draft.
 * @param {string} key
 * @param {string} audit
 * @param {any} form of which JSON keeps everything
 * @param {boolean} camera
 */
export function leaveDraft(key, audit, form, camera) {
  try {
    localStorage.setItem(LEFT + ownKey(key), JSON.stringify(draftOf(key, audit, form, camera)));
  } catch (error) {
    if (!isFull(error)) throw error; // what was kept at the last pause stays
  }
}

/** @param {string} key @returns {Promise<Draft | undefined>} */
export async function loadDraft(key) {
  const draft = leftDraft(ownKey(key));
  if (!draft) return (await database()).get("drafts", ownKey(key));
  await keep(draft).catch((/** @type {unknown} */ error) => {
    if (!isFull(error)) throw error;
  });
  return draft;
}

/** @returns {Promise<Draft[]>} of every account */
export async function allDrafts() {
  const left = Object.keys(localStorage)
    .filter((name) => name.startsWith(LEFT))
    .map((name) => /** @type {Draft} */ (leftDraft(name.slice(LEFT.length))));
  const known = new Map([...(await all("drafts")), ...left].map((draft) => [draft.key, draft]));
  return [...known.values()];
}

/** @param {string} key */
export function dropDraft(key) {
  forgetLeft(ownKey(key));
  return write(["drafts"], (tx) => tx.objectStore("drafts").delete(ownKey(key)));
}

/** The draft is kept elsewhere, or has become a note. @param {string} stored its key as stored */
export function forgetLeft(stored) {
  localStorage.removeItem(LEFT + stored);
}

/** The key as stored: drafts of two accounts on one phone never mix. @param {string} key */
export function ownKey(key) {
  return `${owner().account}/${key}`;
}

/** @param {string} key @param {string} audit @param {any} form @param {boolean} camera @returns {Draft} */
function draftOf(key, audit, form, camera) {
  return { key: ownKey(key), account: owner().account, audit, saved_at: isoWithOffset(), camera, form };
}

/** @param {Draft} draft */
async function keep(draft) {
  await write(["drafts"], (tx) => tx.objectStore("drafts").put(draft));
  forgetLeft(draft.key);
}

/** @param {string} stored @returns {Draft | undefined} */
function leftDraft(stored) {
  return JSON.parse(localStorage.getItem(LEFT + stored) ?? "null") ?? undefined;
}
