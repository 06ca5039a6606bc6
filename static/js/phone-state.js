// @ts-check
/**
 * Whose pages this phone shows, known without a server and without opening the outbox: a small note in a cache of its
 * own, read by pages and by the service worker.
 *
 * @typedef {object} PhoneState
 * @property {string} account principal whose pages may be shown from the phone; empty: nobody's
 * @property {string} language of the pages seen last
 * @property {boolean} leaving somebody signed out here and the server hasn't heard of it yet
 */

const CACHE = "clausewalk-state";
const KEY = "/clausewalk-state";
const PAGES = "clausewalk-pages-";
/** @type {PhoneState} */
const NOBODY = { account: "", language: "", leaving: false };

/** @returns {Promise<PhoneState>} */
export async function phoneState() {
  const kept = await (await caches.open(CACHE)).match(KEY);
  return { ...NOBODY, ...(await kept?.json()) };
}

/** @param {Partial<PhoneState>} change */
export async function changeState(change) {
  const next = { ...(await phoneState()), ...change };
  await (await caches.open(CACHE)).put(KEY, new Response(JSON.stringify(next)));
}

/** The cache with an account's pages. @param {string} account */
export function pagesOf(account) {
  return caches.open(PAGES + account);
}

/** Hide everything of an account that this phone could show without a server, at once. @param {string} account */
export async function hideAccount(account) {
  await changeState({ account: "", leaving: true });
  await caches.delete(PAGES + account);
}

/**
 * Tell the server of a sign-out that it hasn't heard of.
 * @returns {Promise<boolean>} whether it has now
 */
export async function finishLeaving() {
  try {
    const signal = AbortSignal.timeout(4_000);
    const headers = { Clausewalk: "1", Accept: "application/json" };
    const response = await fetch("/sign-out", { method: "POST", headers, signal, credentials: "same-origin" });
    if (!response.headers.has("Clausewalk-Account")) return false; // a portal's page is no answer
  } catch {
    return false;
  }
  await changeState({ leaving: false });
  return true;
}
