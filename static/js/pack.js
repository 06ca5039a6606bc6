// @ts-check
/**
 * The offline pack of an audit: fetched page by page into the account's page cache, from which the service worker
 * answers. Each piece is asked for with the tag of what is here, so a second time costs next to nothing, and a pack that
 * broke off goes on where it was.
 *
 * @typedef {object} Pack as the server lists it
 * @property {string} audit
 * @property {string} account
 * @property {number} head
 * @property {string} build
 * @property {string[]} pages
 * @property {boolean} codes whether guests' codes belong to it
 *
 * @typedef {Pack & {at: string, bytes: number}} KeptPack `at`: when the last of its pages came
 */

import { isoWithOffset } from "./clock.js";
import { fetchCodes } from "./guest-codes.js";
import { request } from "./net.js";
import { watch } from "./outbox-report.js";
import { owner } from "./owner.js";
import { changeState, pagesOf } from "./phone-state.js";
import { now as sendNow } from "./sync.js";
import { pageLanguage } from "./texts.js";

const AT_ONCE = 4;
const PATIENCE_MS = 30_000;
const WORKER_PATIENCE_MS = 15_000;

/** A piece didn't come. `why`: session, network, or full. */
export class PackBroken extends Error {
  /** @param {"session" | "network" | "full"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @param {string} audit */
const addressOf = (audit) => `/audits/${audit}/pack`;

/**
 * Fetch the pack of an audit, or what is missing and new of it.
 * @param {string} audit
 * @param {(done: number, all: number, bytes: number) => void} progress
 * @returns {Promise<KeptPack>}
 * @throws {PackBroken}
 */
export async function fetchPack(audit, progress) {
  const answer = await request(addressOf(audit), {}, owner());
  if (answer.kind === "session") throw new PackBroken("session");
  if (answer.kind !== "ok" || !Array.isArray(answer.json?.pages)) throw new PackBroken("network");
  /** @type {Pack} */
  const pack = answer.json;
  const cache = await pagesOf(pack.account);
  const waiting = [...pack.pages];
  let [done, bytes] = [0, 0];
  progress(0, pack.pages.length, 0);
  const work = async () => {
    for (let url = waiting.shift(); url; url = waiting.shift()) {
      bytes += await fetchPage(cache, url, pack.account);
      progress(++done, pack.pages.length, bytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work)).catch((error) => {
    waiting.length = 0;
    throw error instanceof PackBroken ? error : new PackBroken(error?.name === "QuotaExceededError" ? "full" : "network");
  });
  const codes = pack.codes ? await fetchCodes(pack.account, audit) : "ok";
  if (codes === "network" || codes === "session") throw new PackBroken(codes);
  await watch(pack.account, audit);
  // The worker shows pages of whom it saw pages: so far that may have been nobody, if it has only just begun.
  await changeState({ account: pack.account, language: pageLanguage() });
  const kept = { ...pack, at: isoWithOffset(), bytes };
  await cache.put(addressOf(audit), new Response(JSON.stringify(kept)));
  void sendNow(); // the leader, too, hears that this phone has nothing of the audit yet
  return kept;
}

/**
 * @param {Cache} cache
 * @param {string} url
 * @param {string} account
 * @returns {Promise<number>} its size
 */
async function fetchPage(cache, url, account) {
  const known = await cache.match(url, { ignoreVary: true });
  const tag = known?.headers.get("ETag");
  /** @type {Record<string, string>} */
  const headers = { "Clausewalk-Direct": "1", Accept: "text/html", ...(tag ? { "If-None-Match": tag } : {}) };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(url, { headers, signal, cache: "no-store", credentials: "same-origin" });
  if (known && response.status === 304) return (await known.arrayBuffer()).byteLength;
  const whose = response.headers.get("Clausewalk-Account");
  if (whose === "none") throw new PackBroken("session");
  if (response.status !== 200 || response.redirected || whose !== account) throw new PackBroken("network");
  const body = await response.arrayBuffer(); // all of it: half a page is no page
  const kept = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) kept.delete(name);
  await cache.put(url, new Response(body, { headers: kept }));
  return body.byteLength;
}

/**
 * What is here of an audit's pack, looked up piece by piece.
 * @param {string} account
 * @param {string} audit
 * @returns {Promise<{pack: KeptPack | undefined, missing: number}>}
 */
export async function keptPack(account, audit) {
  const cache = await pagesOf(account);
  const listed = await cache.match(addressOf(audit));
  if (!listed) return { pack: undefined, missing: 0 };
  /** @type {KeptPack} */
  const pack = await listed.json();
  const found = await Promise.all(pack.pages.map((url) => cache.match(url, { ignoreVary: true })));
  return { pack, missing: found.filter((page) => !page).length };
}

/**
 * Whether the worker runs this page and has every file of the program.
 * @returns {Promise<boolean>}
 */
export async function hasProgram() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(resolve, WORKER_PATIENCE_MS);
  });
  worker.postMessage("whole?", [port2]);
  const missing = await answer;
  port1.close();
  return Array.isArray(missing) && missing.length === 0;
}
