// @ts-check
/**
 * The last things the server named safe, so that the outbox page can show that they arrived. Only a memory aid:
 * nothing depends on it, so it is cut to the newest, and left out where the phone is full.
 *
 * @typedef {object} Receipt
 * @property {string} id
 * @property {"entry" | "photo"} type
 * @property {string} kind
 * @property {string} object
 * @property {string} standing stored, already or held
 * @property {string} [accepts] who accepts what is held: leader, after release reviewer
 * @property {string} check seq of an entry, hash of a photo
 * @property {string} [at]
 */

import { isoWithOffset } from "./clock.js";
import { database, isFull, write } from "./store.js";

const KEPT = 20;

/** @param {Receipt[]} fresh */
export async function noteReceipts(fresh) {
  if (!fresh.length) return;
  const at = isoWithOffset();
  try {
    await write(["meta"], async (tx) => {
      const store = tx.objectStore("meta");
      const known = (await store.get("receipts")) ?? [];
      await store.put(
        [...fresh.map((receipt) => ({ ...receipt, at })).reverse(), ...known].slice(0, KEPT),
        "receipts",
      );
    });
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** @returns {Promise<Receipt[]>} newest first */
export async function receipts() {
  return (await (await database()).get("meta", "receipts")) ?? [];
}
