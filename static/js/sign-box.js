// @ts-check
/**
 * The box of a page in which one signature is given on this phone: `[data-sign]` in it asks for it, `[data-message]` says
 * what became of it.
 */

import { toast } from "./dialog.js";
import { el } from "./dom.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import { keepSignature, showSigned } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

/**
 * Keep what was signed, send it, and show the page anew once the server has it.
 * @param {HTMLElement} box
 * @param {string} audit
 * @param {string} object what the outbox calls it
 * @param {Parameters<typeof keepSignature>[2]} said
 * @param {ArrayBuffer} picture PNG
 */
export async function keepAndSend(box, audit, object, said, picture) {
  try {
    await keepSignature(audit, object, said, picture);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showWaiting(box, object);
  await sendNow();
  if (!(await outbox.isWaiting(object))) showAnew();
}

/** What was signed here and isn't on the server yet. @param {HTMLElement} box @param {string} object */
export async function showWaiting(box, object) {
  if (!(await outbox.isWaiting(object))) return;
  /** @type {HTMLButtonElement} */ (box.querySelector("[data-sign]")).hidden = true;
  const place = el("span");
  tell(box, place);
  await showSigned(place, object);
}

/** @param {HTMLElement} box @param {...Node} words */
export function tell(box, ...words) {
  box.querySelector("[data-message]")?.replaceChildren(...words);
}
