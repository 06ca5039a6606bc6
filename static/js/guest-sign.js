// @ts-check
/**
 * A guest signs: `form[data-guest-sign]` with a pad. No worker, no database: the form stays on the page and is sent
 * again, with the id and the moment of the first time, until the server answers.
 */

import { isoWithOffset } from "./clock.js";
import { icon } from "./dom.js";
import { openPad } from "./signature.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

const [FIRST_MS, LONGEST_MS, PATIENCE_MS] = [2_000, 30_000, 20_000];

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-guest-sign]"))) {
  void begin(form);
}

/** @param {HTMLFormElement} form */
async function begin(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  const root = /** @type {HTMLElement} */ (form.querySelector("[data-pad]"));
  try {
    const pad = await openPad(root, (empty) => {
      button.disabled = empty;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (pad.isEmpty()) return;
      button.disabled = true;
      void send(form, pad.picture(), button);
    });
  } catch {
    tell(form, say("sign.no_pad"), "nc");
  }
}

/**
 * Send until there is an answer.
 * @param {HTMLFormElement} form
 * @param {string} picture
 * @param {HTMLButtonElement} button
 */
async function send(form, picture, button) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  body.set("id", uuid7());
  body.set("at", isoWithOffset());
  body.set("picture", picture);
  tell(form, say("saving"), "");
  for (let pause = FIRST_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
    const answer = await post(form.action, body);
    const told = await answer?.json().catch(() => undefined);
    if (answer?.ok && told?.status) {
      if (told.next) location.assign(told.next);
      else tell(form, say("sign.late"), "ok");
      return;
    }
    if (told?.error && answer && answer.status < 500) {
      tell(form, told.message, "nc");
      button.disabled = false;
      return;
    }
    tell(form, say("sign.waiting"), "wait");
    await backOnline(pause);
  }
}

/** @param {string} url @param {URLSearchParams} body @returns {Promise<Response | undefined>} */
function post(url, body) {
  const headers = { Clausewalk: "1", Accept: "application/json" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return fetch(url, { method: "POST", body, headers, signal }).catch(() => undefined);
}

/** Until the network comes back, or a while has passed. @param {number} pause ms */
function backOnline(pause) {
  return new Promise((resolve) => {
    addEventListener("online", resolve, { once: true });
    setTimeout(resolve, pause);
  });
}

/** @param {HTMLFormElement} form @param {string} words @param {string} kind */
function tell(form, words, kind) {
  const line = /** @type {HTMLElement} */ (form.querySelector("[data-form-message]"));
  line.className = kind ? "note" : "";
  if (kind) line.dataset.k = kind;
  line.replaceChildren(...(kind ? [icon(kind === "ok" ? "check" : "warn")] : []), words);
}
