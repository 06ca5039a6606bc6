// @ts-check
/**
 * Pages and their fragments: from the network where it answers soon, else as they were last seen by the account that
 * is signed in here. The server marks its own pages with whose they are (`Clausewalk-Account`); anything without that
 * mark — a captive portal, a proxy's error — is never kept, and never shown in the place of a page that is.
 *
 * @typedef {import("./worker.js").Build} Build
 */

import { changeState, dropPages, finishLeaving, pagesOf, phoneState } from "./phone-state.js";
import { offlinePage } from "./worker-shell.js";

const PATIENCE_MS = 2_500;
/** A fragment goes into a page that is there already: an old one in the place of a newer is worse than waiting. */
const FRAGMENT_PATIENCE_MS = 10_000;
const LONGEST_MS = 30_000;
const OWNER = "Clausewalk-Account";
/** Sent by who wants the server's own answer or none, such as the offline pack. */
const DIRECT = "Clausewalk-Direct";
/** Pages that are needed on site. Everything else comes from the network or not at all. */
const KEPT = /^\/(?:$|account$|outbox$|share$|audits\/)/;
/** Interfaces and documents: their answers are used by programs or handed over, never shown from the phone. */
const NEVER = /\/(?:entries|uploads|head|pack)(?:\/|$)|\.[a-z0-9]+$/i;
const PHOTO = /^\/audits\/[^/]+\/photos\/[0-9a-f]{64}$/;
/** Pages that are the same whatever they are asked about: the part of the query that does matter. */
const MATTERS = ["chapter", "element", "type"];

/** @param {Request} request @param {URL} url */
export function isPage(request, url) {
  if (NEVER.test(url.pathname) || request.headers.has(DIRECT) || request.headers.has("Clausewalk")) return false;
  return request.mode === "navigate" || (KEPT.test(url.pathname) && request.destination === "");
}

/** @param {URL} url */
export function isPhoto(url) {
  return PHOTO.test(url.pathname) && url.searchParams.get("w") === "320";
}

/**
 * @param {any} event
 * @param {Build} program
 * @param {Request} request
 * @param {URL} url
 * @returns {Promise<Response>}
 */
export async function answerPage(event, program, request, url) {
  const state = await phoneState();
  if (state.leaving && !(await finishLeaving())) return offlinePage(program, state.language);
  const kept = state.account ? await keptPage(state.account, url) : undefined;
  const coming = fromServer(request, state.visit).catch(() => undefined);
  event.waitUntil(coming);
  const patience = request.mode === "navigate" ? PATIENCE_MS : FRAGMENT_PATIENCE_MS;
  const first = await (kept ? soon(coming, patience) : coming);
  if (first && (isOurs(first) || !isHtml(first)) && !(kept && first.status >= 500)) return first;
  if (kept) return kept;
  if (first) return first;
  return request.mode === "navigate" ? offlinePage(program, state.language) : Response.error();
}

/** The answer, unless it takes too long. @param {Promise<Response | undefined>} coming @param {number} patience ms */
function soon(coming, patience) {
  const late = new Promise((resolve) => {
    setTimeout(resolve, patience);
  });
  return /** @type {Promise<Response | undefined>} */ (Promise.race([coming, late]));
}

/**
 * Ask the server, and keep what it says of itself that it may be kept.
 * @param {Request} request
 * @param {string} visit during which it is asked
 * @returns {Promise<Response>}
 */
async function fromServer(request, visit) {
  const headers = new Headers({ Accept: request.headers.get("Accept") ?? "text/html" });
  if (request.headers.has("HX-Request")) headers.set("HX-Request", "true");
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LONGEST_MS);
  try {
    // Followed here: of a redirect that is left to the browser a worker learns nothing, least of all whose it is.
    const response = await fetch(request.url, {
      headers,
      credentials: "same-origin",
      mode: "same-origin",
      redirect: "follow",
      signal: patience.signal,
    });
    const moved = response.redirected && request.mode === "navigate" && isOurs(response);
    if (moved) return Response.redirect(response.url, 303);
    if (!isHtml(response)) return response; // a download may take as long as it likes
    const page = await complete(response);
    if (isOurs(page)) await keep(request, page.clone(), visit);
    return page;
  } finally {
    clearTimeout(timer);
  }
}

/** The answer once all of it is here: half a page is no page. @param {Response} response */
async function complete(response) {
  const body = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

/** @param {Response} response */
function isOurs(response) {
  return response.headers.has(OWNER) || response.status === 303;
}

/** @param {Response} response */
function isHtml(response) {
  return (response.headers.get("Content-Type") ?? "").startsWith("text/html");
}

/** @param {Request} request @param {Response} page one of ours, whole @param {string} visit during which it was asked for */
async function keep(request, page, visit) {
  const owner = page.headers.get(OWNER) ?? "";
  const url = new URL(request.url);
  if (!owner || owner === "none") return;
  const state = await phoneState();
  if (state.visit !== visit) return; // signed out while this was on its way
  const language = page.headers.get("Content-Language") ?? "";
  if (owner !== state.account || language !== state.language) await changeState({ account: owner, language });
  if (!KEPT.test(url.pathname) || url.searchParams.has("find")) return;
  const cache = await pagesOf(owner);
  if (page.status === 200) await cache.put(keyOf(url), page);
  else if (page.status === 404 || page.status === 403) await cache.delete(keyOf(url));
  if ((await phoneState()).visit !== visit) await dropPages(owner); // signed out just now
}

/** The address under which a page is kept. @param {URL} url */
function keyOf({ pathname, search }) {
  return pathname + search;
}

/**
 * A page as it was last seen: this very one, or the same page asked about something that its script can do without the
 * server (`?item=` of capture, `?observation=` of a new finding, `?find=` of the walk).
 * @param {string} account
 * @param {URL} url
 */
async function keptPage(account, url) {
  const cache = await pagesOf(account);
  const matters = new URLSearchParams([...url.searchParams].filter(([name]) => MATTERS.includes(name))).toString();
  for (const key of [keyOf(url), matters ? `${url.pathname}?${matters}` : url.pathname, url.pathname]) {
    const kept = await cache.match(key, { ignoreVary: true });
    if (kept) return kept;
  }
  return undefined;
}

/**
 * A small picture: its address names its bytes, so what is here is right.
 * @param {any} event
 * @param {Request} request
 */
export async function answerPhoto(event, request) {
  const { account } = await phoneState();
  if (!account) return fetch(request);
  const cache = await pagesOf(account);
  const key = keyOf(new URL(request.url));
  const kept = await cache.match(key, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && !isHtml(response)) event.waitUntil(cache.put(key, response.clone()));
  return response;
}
