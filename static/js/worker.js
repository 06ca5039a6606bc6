// @ts-check
/**
 * The service worker: answers GET from the phone when the network doesn't, and takes what other apps share. `/sw.js`, made by the server, runs it with
 * the list of the program's files, so a new build is a new worker.
 *
 * It never touches entries, uploads or any other interface: what is written goes from the page's own outbox. A new
 * version waits until a page says that nothing is being edited (`worker-client.js`).
 *
 * @typedef {object} Build what the server tells the worker about the program
 * @property {string} build digest of all static files, part of their addresses
 * @property {Record<string, string>} files name → SHA-256 in base64
 * @property {string} cdn address of htmx on the CDN, or empty
 * @property {string} htmx name of the same bytes among `files`
 */

import { answerPage, answerPhoto, isPage, isPhoto } from "./worker-pages.js";
import { SIGN_IN, signIn } from "./worker-sign-in.js";
import { SHARE, takeShare } from "./worker-share.js";
import { answerFile, dropOldShells, fileAnswer, keepOfflinePages, keepShell, missingFiles } from "./worker-shell.js";

const worker = /** @type {any} */ (self);

/** Start answering. @param {Build} program */
export function run(program) {
  worker.addEventListener("install", (/** @type {any} */ event) => {
    event.waitUntil(Promise.all([keepShell(program), keepOfflinePages(program)]));
  });
  worker.addEventListener("activate", (/** @type {any} */ event) => {
    event.waitUntil(Promise.all([dropOldShells(program), worker.clients.claim()]));
  });
  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (event.data === "take-over") void worker.skipWaiting();
    if (event.data === "take-me-in") event.waitUntil(worker.clients.claim());
    // Asked by whoever says 可离线: every file has to be here, not only to have been here once.
    if (event.data === "whole?") void missingFiles(program).then((names) => event.ports[0].postMessage(names));
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const answer = route(event, program);
    if (answer) event.respondWith(answer);
  });
}

/**
 * @param {any} event
 * @param {Build} program
 * @returns {Promise<Response> | undefined} undefined: none of our business, the browser asks the network itself
 */
function route(event, program) {
  /** @type {Request} */
  const request = event.request;
  const url = new URL(request.url);
  if (request.method === "POST" && url.origin === location.origin) {
    if (url.pathname === SHARE) return takeShare(request);
    if (url.pathname === SIGN_IN) return signIn(request);
  }
  if (request.method !== "GET") return undefined;
  if (program.cdn && request.url === program.cdn) return fileAnswer(program, program.htmx);
  if (url.origin !== location.origin) return undefined;
  if (url.pathname.startsWith("/static/")) return answerFile(program, request, url);
  if (isPhoto(url)) return answerPhoto(event, request);
  return isPage(request, url) ? answerPage(event, program, request, url) : undefined;
}
