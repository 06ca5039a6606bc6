// @ts-check
/**
 * The client signs a nonconformity on the auditor's phone, with no network too. `[data-acknowledge]` is the finding,
 * `data-version` the version that is shown, `data-text` the words to sign; who signs and what they don't agree with
 * are typed beside.
 */

import { toast } from "./dialog.js";
import { status } from "./dom.js";
import { showAnew } from "./leaving.js";
import * as outbox from "./outbox.js";
import { askSignature } from "./sign-dialog.js";
import { keepSignature } from "./signed.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-acknowledge]"));
const { acknowledge: finding = "", audit = "", version = "", text = "" } = box.dataset;
const object = `${audit}/signed/nonconformity/${finding}`;
const button = /** @type {HTMLButtonElement} */ (box.querySelector("[data-sign]"));

button.addEventListener("click", () => void sign());
void showWaiting();

async function sign() {
  const name = typed("[data-name]");
  if (!name) {
    tell(status("nc", "warn", say("acknowledge.name")));
    return;
  }
  const dissent = typed("[data-dissent]");
  const shown = dissent ? `${text}\n${say("acknowledge.dissent", { words: dissent })}` : text;
  const picture = await askSignature(name, shown);
  if (!picture) return;
  try {
    await keepSignature(audit, object, { what: `nonconformity/${finding}`, name, text: shown, version }, picture);
  } catch (error) {
    toast(say("storage.failed"));
    throw error;
  }
  await showWaiting();
  await sendNow();
  if ((await outbox.pendingOf(object)).length === 0) showAnew();
}

/** What was signed here and isn't on the server yet. */
async function showWaiting() {
  if ((await outbox.pendingOf(object)).length === 0) return;
  button.hidden = true;
  tell(status("wait", "phone", say("sign.here")));
}

/** @param {string} selector */
function typed(selector) {
  return /** @type {HTMLInputElement} */ (box.querySelector(selector)).value.trim();
}

/** @param {...Node} words */
function tell(...words) {
  box.querySelector("[data-message]")?.replaceChildren(...words);
}
