// @ts-check
/**
 * Tells the server how much of each audit is on this phone only, so that the leader sees before the team leaves
 * whether all of it arrived. A report is no fact of the audit: one that is lost is followed by another.
 *
 * An audit is reported from the first time something of it was kept here, or its offline pack was fetched.
 *
 * @typedef {{entries: number, photos: number, at: number}} Told what was told last; `at` in ms, 0: never
 * @typedef {Record<string, Told>} ToldOf by audit
 */

import { request } from "./net.js";
import { itemsOf } from "./outbox-items.js";
import { database, write } from "./store.js";

const KEY = "told/";
/** A report that says the same as the last is repeated so often: the server trusts one for a quarter of an hour. */
export const AGAIN_MS = 300_000;
/** This account has nothing to do with the audit any more: asked again like everything told. */
const NOT_OURS = new Set([403, 404]);
/** @type {Told} */
const NEVER = { entries: 0, photos: 0, at: 0 };

/**
 * From now on this phone reports what it holds of an audit for an account.
 * @param {string} account
 * @param {string} audit
 */
export async function watch(account, audit) {
  const known = await toldOf(account);
  if (!(audit in known)) await keep(account, { [audit]: NEVER });
}

/** From now on report every audit of which something waits here. @param {string} account */
export async function watchAll(account) {
  for (const audit of (await heldBy(account)).keys()) await watch(account, audit);
}

/**
 * Report what has changed since the last time, and again what was told long ago. What does not get through is told
 * by the next drain.
 * @param {import("./credential.js").Sender} sender
 */
export async function report(sender) {
  const held = await heldBy(sender.account);
  const told = await toldOf(sender.account);
  for (const [audit, last] of Object.entries(told)) {
    const { entries, photos } = held.get(audit) ?? NEVER;
    const age = Date.now() - last.at;
    const isSame = entries === last.entries && photos === last.photos;
    if (isSame && age >= 0 && age < AGAIN_MS) continue;
    const answer = await request(
      `/audits/${audit}/outbox`,
      {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ entries, photos }),
      },
      sender,
    );
    if (answer.kind !== "ok" && answer.kind !== "later") return; // no network or session: the others won't get through
    const isHeard = answer.kind === "ok" || NOT_OURS.has(answer.status);
    if (isHeard) await keep(sender.account, { [audit]: { entries, photos, at: Date.now() } });
  }
}

/** What is here of an account, by audit: just what it is shown. @param {string} account @returns {Promise<Map<string, Told>>} */
async function heldBy(account) {
  /** @type {Map<string, Told>} */
  const held = new Map();
  for (const { audit, type } of await itemsOf(account)) {
    held.set(audit, plus(held.get(audit), type === "photo" ? { photos: 1 } : { entries: 1 }));
  }
  return held;
}

/** @param {Told | undefined} told @param {Partial<Told>} more @returns {Told} */
function plus(told = NEVER, { entries = 0, photos = 0 }) {
  return { entries: told.entries + entries, photos: told.photos + photos, at: 0 };
}

/** @param {string} account @returns {Promise<ToldOf>} */
async function toldOf(account) {
  return (await (await database()).get("meta", KEY + account)) ?? {};
}

/** @param {string} account @param {ToldOf} change */
function keep(account, change) {
  return write(["meta"], async (tx) => {
    const known = (await tx.objectStore("meta").get(KEY + account)) ?? {};
    await tx.objectStore("meta").put({ ...known, ...change }, KEY + account);
  });
}
