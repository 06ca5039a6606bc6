// @ts-check
/**
 * Whose pages this phone shows, known without a server and without opening the outbox: small notes in a cache of their
 * own, read by pages and by the service worker. A note each: who writes one can't undo what another page wrote
 * meanwhile.
 *
 * @typedef {object} PhoneState
 * @property {string} account principal whose pages may be shown from the phone; empty: nobody's
 * @property {string} language of the pages seen last
 * @property {boolean} leaving somebody signed out here and the server hasn't heard of it yet
 * @property {string} visit another one after each sign-out: what was asked for before is not kept after
 */

const CACHE = "clausewalk-state";
const PAGES = "clausewalk-pages-";
/** @type {PhoneState} */
const NOBODY = { account: "", language: "", leaving: false, visit: "" };

/** @param {string} name */
function noteOf(name) {
  return `/clausewalk-state/${name}`;
}

/** @returns {Promise<PhoneState>} */
export async function phoneState() {
  const cache = await caches.open(CACHE);
  const notes = Object.entries(NOBODY).map(async ([name, unknown]) => {
    const kept = await cache.match(noteOf(name));
    return [name, kept ? await kept.json() : unknown];
  });
  return Object.fromEntries(await Promise.all(notes));
}

/** @param {Partial<PhoneState>} change */
export async function changeState(change) {
  const cache = await caches.open(CACHE);
  const kept = Object.entries(change).map(([name, value]) => cache.put(noteOf(name), new Response(JSON.stringify(value))));
  await Promise.all(kept);
}

/** The cache with an account's pages. @param {string} account */
export function pagesOf(account) {
  return caches.open(PAGES + account);
}

/** Hide everything of an account that this phone could show without a server, at once. @param {string} account */
export async function hideAccount(account) {
  await changeState({ leaving: true, visit: crypto.randomUUID() });
  await dropPages(account);
}

/** @param {string} account whose pages are shown here no more */
export async function dropPages(account) {
  await changeState({ account: "" });
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
