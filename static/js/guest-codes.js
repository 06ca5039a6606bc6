// @ts-check
/**
 * Codes by which guests come in, kept on the leader's phone with the offline pack. The server tells each of them once,
 * so they are in IndexedDB, never in a page.
 *
 * @typedef {object} GuestCode
 * @property {string} id
 * @property {"attendee" | "guide"} role
 * @property {string} starts
 * @property {string} ends
 * @property {string} address
 * @property {string} picture SVG in base64
 */

import { request } from "./net.js";
import { owner } from "./owner.js";
import { database, write } from "./store.js";

const KEY = "guest-codes/";

/** @param {string} account @param {string} audit */
const keyOf = (account, audit) => `${KEY}${account}/${audit}`;

/** @param {string} account @param {string} audit @returns {Promise<GuestCode[]>} */
export async function keptCodes(account, audit) {
  return (await (await database()).get("meta", keyOf(account, audit))) ?? [];
}

/**
 * Get the codes that this phone lacks, and drop those that let nobody in any more.
 * @param {string} account
 * @param {string} audit
 * @returns {Promise<import("./net.js").Answer["kind"]>} what the server said
 */
export async function fetchCodes(account, audit) {
  const here = await keptCodes(account, audit);
  const body = JSON.stringify({ kept: here.map((code) => code.id) });
  const headers = { "Content-Type": "application/json" };
  const answer = await request(`/audits/${audit}/guests/codes`, { method: "POST", headers, body }, owner());
  if (answer.kind !== "ok" || !Array.isArray(answer.json?.made)) return answer.kind;
  const codes = [...here.filter((code) => answer.json.kept.includes(code.id)), ...answer.json.made];
  await write(["meta"], (tx) => tx.objectStore("meta").put(codes, keyOf(account, audit)));
  return "ok";
}

/** Nobody who signs in here later finds them. @param {string} account */
export async function dropCodes(account) {
  const range = IDBKeyRange.bound(keyOf(account, ""), keyOf(account, "\uffff"));
  await write(["meta"], (tx) => tx.objectStore("meta").delete(range));
}
