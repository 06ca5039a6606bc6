// @ts-check
/**
 * The device credential: delivers one account's items from this phone, whoever is signed in on it now, or nobody
 * (docs/sync.md). Given out once per account where somebody signs in on 本人手机; kept beside the outbox.
 *
 * @typedef {{credential?: string, asked_at: number}} Kept without `credential`: the server gave none
 * @typedef {{account: string, device: string, credential: string}} Sender whose items go, and by what right
 */

import { request } from "./net.js";
import { all, database, isFull, write } from "./store.js";

const KEY = "credential/";
/** A sign-in without 本人手机 gets none; another one may. */
const ASK_AGAIN_MS = 3_600_000;

/** @param {string} account @returns {Promise<Kept | undefined>} */
async function kept(account) {
  return (await database()).get("meta", KEY + account);
}

/** @param {string} account @param {string} [credential] */
async function keep(account, credential) {
  const row = { ...(credential ? { credential } : {}), asked_at: Date.now() };
  try {
    await write(["meta"], (tx) => tx.objectStore("meta").put(row, KEY + account));
  } catch (error) {
    if (!isFull(error)) throw error; // a full phone sends by the session
  }
}

/**
 * Ask for a credential of whoever is signed in, where there is none. Under the drain's lock: two tabs would each end
 * the other's.
 * @param {{account: string, device: string}} owner
 */
export async function obtain({ account, device }) {
  const known = await kept(account);
  const asked = Date.now() - (known?.asked_at ?? 0);
  if (!account || known?.credential || (asked >= 0 && asked < ASK_AGAIN_MS)) return;
  const answer = await request("/account/device", { method: "POST" }, { device });
  if (answer.kind === "ok" && answer.json?.account === account) await keep(account, answer.json.credential);
  else if (answer.kind === "later" && (answer.status === 403 || answer.status === 404)) await keep(account);
}

/** The credential ended on the server; the account's items stay. @param {string} account */
export function forget(account) {
  return keep(account);
}

/**
 * Everybody whose items can go from here now: whoever is signed in, and each account with a credential.
 * @param {{account: string, device: string}} owner whoever is signed in
 * @returns {Promise<Sender[]>}
 */
export async function senders({ account, device }) {
  const waiting = new Set([...(await all("entries")), ...(await all("photos"))].map((row) => row.account));
  waiting.delete(account);
  const known = await Promise.all([account, ...waiting].map(async (one) => [one, (await kept(one))?.credential ?? ""]));
  return known
    .filter(([one, credential]) => one === account || credential)
    .map(([one, credential]) => ({ account: one, device, credential }));
}
